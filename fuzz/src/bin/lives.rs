//! Simulated lives of a feed, as many as there is time for.
//!
//! ```text
//! lives --seeds FIRST..END [--all]
//! lives --script SEED
//! ```
//!
//! It stops at the first life that breaks a promise and prints it, as short as
//! it goes. With `--all` it goes on and counts; with `--script` it
//! prints one life.

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut seeds = 0..10_000;
    let mut all = false;
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--all" => all = true,
            "--script" => {
                let Some(seed) = words.next().and_then(|seed| seed.parse().ok()) else {
                    eprintln!("--script takes a seed");
                    return ExitCode::FAILURE;
                };
                return nordnet_fuzz::script(seed);
            }
            "--seeds" => {
                let range = words.next().unwrap_or_default();
                let ends = range
                    .split_once("..")
                    .and_then(|(first, end)| Some(first.parse().ok()?..end.parse().ok()?));
                let Some(ends) = ends else {
                    eprintln!("--seeds takes a range, such as 0..500000");
                    return ExitCode::FAILURE;
                };
                seeds = ends;
            }
            other => {
                eprintln!("unknown: {other}; usage: lives --seeds FIRST..END [--all]");
                return ExitCode::FAILURE;
            }
        }
    }
    nordnet_fuzz::lives(seeds, all)
}

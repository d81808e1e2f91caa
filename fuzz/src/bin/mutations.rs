//! Changed lines of recordings through every tier of the decoder.
//!
//! ```text
//! mutations [--lines COUNT] [--seed NUMBER] [FILE ...]
//! ```
//!
//! Without a file, the lines are those of the seeds. It stops with a panic at the
//! first line that the tiers do not agree on.

use std::process::ExitCode;

fn main() -> ExitCode {
    let (mut count, mut seed, mut files) = (1_000_000, 0, Vec::new());
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let number = match word.as_str() {
            "--lines" => &mut count,
            "--seed" => &mut seed,
            _ => {
                files.push(word.into());
                continue;
            }
        };
        let Some(given) = words.next().and_then(|word| word.parse().ok()) else {
            eprintln!("{word} takes a number");
            return ExitCode::FAILURE;
        };
        *number = given;
    }
    match nordnet_fuzz::lines_of("equality", files) {
        Ok(text) => nordnet_fuzz::mutations(&text, count, seed),
        Err(error) => {
            eprintln!("mutations: {error}");
            ExitCode::FAILURE
        }
    }
}

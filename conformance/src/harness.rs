//! The `main` of a runner: plays the chosen scenarios and prints the result.

use std::collections::BTreeSet;
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use crate::scenario::Scenario;
use crate::trouble::Trouble;

/// How many scenarios are played at once: most of them wait.
const AT_ONCE: usize = 16;

/// Longer than any scenario takes.
const PATIENCE: Duration = Duration::from_secs(90);

/// The name of the one test, as `--list` has it.
const TEST: &str = "scenarios";

/// Plays the scenarios whose names contain one of the arguments, or all, and compares
/// each transcript with its file.
///
/// With `ACCEPT` in the environment, each transcript becomes the new file.
pub fn run(runner: &str, play: fn(&Scenario) -> Result<String, Trouble>) -> ExitCode {
    let (options, filters): (Vec<_>, Vec<_>) = std::env::args()
        .skip(1)
        .filter(|argument| argument != TEST)
        .partition(|argument| argument.starts_with('-'));
    let has = |name: &str| options.iter().any(|option| option == name);
    if has("--list") {
        if !has("--ignored") {
            println!("{TEST}: test");
        }
        return ExitCode::SUCCESS;
    }
    let wanted = |name: &str| {
        filters.is_empty() || filters.iter().any(|filter| name.contains(filter.as_str()))
    };
    let mut scenarios = match Scenario::all() {
        Ok(scenarios) => scenarios,
        Err(trouble) => {
            eprintln!("{trouble}");
            return ExitCode::FAILURE;
        }
    };
    scenarios.retain(|scenario| wanted(&scenario.name));
    let began = Instant::now();
    let failed = play_all(&scenarios, play);
    println!(
        "{runner}: {} scenarios, {} equal, in {:.1} s",
        scenarios.len(),
        scenarios.len() - failed,
        began.elapsed().as_secs_f32()
    );
    match failed {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

/// Plays scenarios, several at a time, and returns how many were not as expected.
fn play_all(scenarios: &[Scenario], play: fn(&Scenario) -> Result<String, Trouble>) -> usize {
    let accepts = std::env::var_os("ACCEPT").is_some();
    let queue = Mutex::new(scenarios.iter());
    let (ended, ends) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..AT_ONCE.min(scenarios.len()) {
            let (queue, ended) = (&queue, ended.clone());
            scope.spawn(move || {
                let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
                while let Some(scenario) = next() {
                    let began = Instant::now();
                    let result = play(scenario).and_then(|transcript| match accepts {
                        true => scenario.accept(&transcript),
                        false => scenario.compare(&transcript),
                    });
                    // The receiver is gone only if all have ended.
                    let _ = ended.send((&scenario.name, result, began.elapsed()));
                }
            });
        }
        drop(ended);
        let mut left: BTreeSet<_> = scenarios.iter().map(|scenario| &scenario.name).collect();
        let mut failed = 0;
        while !left.is_empty() {
            match ends.recv_timeout(PATIENCE) {
                Ok((name, result, took)) => {
                    left.remove(name);
                    if let Err(trouble) = result {
                        failed += 1;
                        println!("{name} ({:.1} s): {trouble}\n", took.as_secs_f32());
                    }
                }
                Err(_) => {
                    println!("these do not end: {left:?}");
                    // Threads that hang cannot be joined.
                    std::process::exit(1);
                }
            }
        }
        failed
    })
}

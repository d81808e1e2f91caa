//! The runner of simulated lives.

use std::ops::Range;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// Lives the lives of these seeds, two at a time. Prints the one with the
/// lowest seed that breaks a promise, and how many there were.
#[must_use]
pub fn lives(seeds: Range<u64>, all: bool) -> ExitCode {
    // A broken promise is shown with its life, not by the panic that it may be.
    std::panic::set_hook(Box::new(|_| {}));
    let base = base();
    let (started, mut failed) = (Instant::now(), 0_u64);
    let mut first = seeds.start;
    while first < seeds.end {
        let end = seeds.end.min(first + 2000);
        let found = std::thread::scope(|scope| {
            let halves = [0, 1].map(|half| {
                scope.spawn(move || {
                    let own = (first..end).filter(move |seed| seed % 2 == half);
                    own.filter_map(|seed| Some((seed, crate::sim::life(seed, base).err()?)))
                        .take(if all { usize::MAX } else { 1 })
                        .collect::<Vec<_>>()
                })
            });
            let mut found: Vec<_> = halves
                .into_iter()
                .flat_map(|half| half.join().unwrap_or_default())
                .collect();
            found.sort_by_key(|(seed, _)| *seed);
            found
        });
        failed += found.len() as u64;
        if let Some((seed, life)) = found.first().filter(|_| failed == found.len() as u64) {
            println!("{life}\nfirst broken promise: seed {seed}");
        }
        if failed > 0 && !all {
            return ExitCode::FAILURE;
        }
        first = end;
    }
    let lives = seeds.end.saturating_sub(seeds.start);
    let seconds = started.elapsed().as_secs_f64();
    println!("{lives} lives in {seconds:.1} s, {failed} broke a promise");
    ExitCode::from(u8::from(failed > 0))
}

/// Prints what happens in the life of a seed.
#[must_use]
pub fn script(seed: u64) -> ExitCode {
    let (script, end) = crate::sim::script(seed, base());
    println!("{}", script.join("\n"));
    match end {
        Ok(()) => ExitCode::SUCCESS,
        Err(broken) => {
            println!("{broken}");
            ExitCode::FAILURE
        }
    }
}

/// Virtual time begins late enough to go back from.
fn base() -> Instant {
    Instant::now() + Duration::from_secs(1_000_000)
}

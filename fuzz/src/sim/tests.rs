//! Lives out of the first seeds; `fuzz/README.md` says how to live more.

use std::time::{Duration, Instant};

use super::{life, script};

/// So many lives keep a debug build busy for some ten seconds.
const LIVES: u64 = 3000;

/// Virtual time begins late enough to go back from.
fn base() -> Instant {
    Instant::now() + Duration::from_secs(100_000)
}

/// Lives every second life from the first on.
fn every_second_from(first: u64) {
    let base = base();
    for seed in (first..LIVES).step_by(2) {
        if let Err(failed) = life(seed, base) {
            panic!("{failed}");
        }
    }
}

#[test]
fn lives_of_even_seeds_break_no_promise() {
    every_second_from(0);
}

#[test]
fn lives_of_odd_seeds_break_no_promise() {
    every_second_from(1);
}

#[test]
fn a_life_is_the_same_each_time() {
    let base = base();
    for seed in 0..30 {
        assert_eq!(script(seed, base), script(seed, base));
    }
}

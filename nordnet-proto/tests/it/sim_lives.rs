//! Lives out of the first seeds; `fuzz/README.md` says how to live more.

use std::time::{Duration, Instant};

use crate::{clock, sim};

const LIVES: u64 = 3000;

/// Virtual time begins late enough to go back from.
fn base() -> Instant {
    clock::start() + Duration::from_secs(100_000)
}

#[test]
fn three_thousand_lives_keep_every_promise() {
    let base = base();
    for seed in 0..LIVES {
        if let Err(failed) = sim::life(seed, base) {
            panic!("{failed}");
        }
    }
}

#[test]
fn a_life_is_the_same_each_time() {
    let base = base();
    for seed in 0..30 {
        assert_eq!(sim::script(seed, base), sim::script(seed, base));
    }
}

//! The whole life of a feed, thousands of times, each out of a seed.
//!
//! A life has a virtual clock, a server that follows the reference (mostly), a
//! link that delays, cuts, stalls and corrupts, a REST side, a driver that is
//! late, forgets and repeats itself, and a user. Its seed draws which of the
//! faults in [`plan::Fault`] it has. While it lasts, and at its end, what the
//! feed does is held against a plain model of what it may do, and the quotes of a
//! market that is told all of it against what the server has said; a life that
//! breaks the model is made as short as it goes and printed.
//!
//! The same code runs as a program, for more lives than a test has time for:
//! see `fuzz/README.md`.

mod desk;
mod driver;
mod incoming;
mod io;
mod kind;
mod lines;
mod link;
mod oracle;
mod plan;
mod rest;
mod rng;
mod server;
mod sessions;
mod stale;
mod steps;
#[cfg(test)]
mod tests;
mod wire;
mod world;

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use nordnet_proto::{Private, Public};

use self::kind::SimKind;
use self::plan::{Fault, Plan};
use self::world::World;

/// Whether a promise held; if not, which did not.
type Checked<T = ()> = Result<T, String>;

fn ensure(holds: bool, words: impl FnOnce() -> String) -> Checked {
    if holds { Ok(()) } else { Err(words()) }
}

/// A life in which a promise did not hold, made as short as it goes.
pub(crate) struct Failed {
    plan: Plan,
    broken: String,
    script: Vec<String>,
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = 400;
        let hidden = self.script.len().saturating_sub(shown);
        if hidden > 0 {
            writeln!(f, "... {hidden} lines before this")?;
        }
        for line in self.script.iter().skip(hidden) {
            let line: String = line.chars().take(240).collect();
            writeln!(f, "{line}")?;
        }
        let (seed, steps, faults) = (self.plan.seed, self.plan.steps, plan::names(&self.plan));
        write!(
            f,
            "seed {seed}, {steps} steps, {faults:?}\n{}",
            self.broken.trim_end()
        )
    }
}

/// Lives the life of a seed.
pub(crate) fn life(seed: u64, base: Instant) -> Result<(), Box<Failed>> {
    let plan = Plan::new(seed);
    match live(plan, base, false).1 {
        Ok(()) => Ok(()),
        Err(_) => Err(Box::new(shrink(plan, base))),
    }
}

/// What happens in the life of a seed, and how it ends.
pub(crate) fn script(seed: u64, base: Instant) -> (Vec<String>, Checked) {
    live(Plan::new(seed), base, true)
}

fn live(plan: Plan, base: Instant, scripted: bool) -> (Vec<String>, Checked) {
    if plan.is_private() {
        live_as::<Private>(plan, base, scripted)
    } else {
        live_as::<Public>(plan, base, scripted)
    }
}

fn live_as<K: SimKind>(plan: Plan, base: Instant, scripted: bool) -> (Vec<String>, Checked) {
    let mut world = World::<K>::new(plan, base);
    world.script = scripted.then(Vec::new);
    let lived = catch_unwind(AssertUnwindSafe(|| {
        for _ in 0..plan.steps {
            let end = world.now + Duration::from_secs(60);
            world.turn(end)?;
        }
        world.rest()?;
        world.end()
    }));
    let script = world.script.take().unwrap_or_default();
    let result = lived.unwrap_or_else(|panic| {
        let words = panic.downcast_ref::<String>().map(String::as_str);
        let words = words.or_else(|| panic.downcast_ref::<&str>().copied());
        Err(format!("panic: {}", words.unwrap_or("without words")))
    });
    (script, result)
}

/// Leaves out faults, and then steps, as long as the life still fails.
fn shrink(mut plan: Plan, base: Instant) -> Failed {
    let fails = |plan: Plan| live(plan, base, false).1.is_err();
    for fault in Fault::ALL {
        let without = plan.without(*fault);
        if plan.has(*fault) && fails(without) {
            plan = without;
        }
    }
    let mut by = plan.steps / 2;
    while by > 0 {
        let shorter = Plan {
            steps: plan.steps.saturating_sub(by),
            ..plan
        };
        if shorter != plan && fails(shorter) {
            plan = shorter;
        } else {
            by /= 2;
        }
    }
    let (script, result) = live(plan, base, true);
    Failed {
        plan,
        broken: result
            .err()
            .unwrap_or_else(|| "it fails only now and then".into()),
        script,
    }
}

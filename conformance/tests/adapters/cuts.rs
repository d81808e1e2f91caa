//! Connections that are cut at any byte, in both directions and in every way: what the
//! client reports is compared with what the simulator knows.
//!
//! After an error nothing was done. What was accepted was done once. An outcome is
//! unknown only if it cannot be known. Calls that may be repeated are repeated, and a
//! feed reconnects and reports the gap. The client works afterwards, and nothing takes
//! long.

mod calls;
mod case;
mod feeds;
mod lane;

use std::collections::{BTreeMap, VecDeque};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::adapter::Adapter;

use case::{Action, Case};
use lane::World;

/// How many cases run at once: most of them wait.
const LANES: usize = 24;

/// How many cases run against one simulator.
const ROUND: usize = 40;

/// Longer than any case takes, even on a slow machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the client reported, or what is wrong with its report.
type Verdict = Result<&'static str, Wrong>;

enum Wrong {
    /// The report is false.
    Untrue(String),
    /// The client could have known or done more.
    Poor(String),
}

impl From<String> for Wrong {
    fn from(words: String) -> Self {
        Self::Poor(words)
    }
}

/// Cuts at one byte in `step`, and at the first and last ones.
pub(crate) fn sweep(adapter: Adapter, step: u64) {
    let cases = case::all(|tls| lane::lengths(adapter, tls), step);
    let count = cases.len();
    assert!(count > 500, "only {count} cases");
    let by_setting = cases.chunk_by(|one, next| one.setting() == next.setting());
    let rounds: VecDeque<Vec<Case>> = by_setting
        .flat_map(|cases| cases.chunks(ROUND).map(<[Case]>::to_vec))
        .collect();
    let rounds = Arc::new(Mutex::new(rounds));
    let (sender, progress) = mpsc::channel();
    let lanes = (0..LANES).map(|lane| {
        let (rounds, sender) = (Arc::clone(&rounds), sender.clone());
        thread::spawn(move || run(adapter, lane, &rounds, &sender))
    });
    let lanes: Vec<_> = lanes.collect();
    drop(sender);

    let mut running = BTreeMap::new();
    let mut found: BTreeMap<(Action, &str), usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    loop {
        match progress.recv_timeout(PATIENCE) {
            Ok(Progress::Begins(lane, case)) => _ = running.insert(lane, case),
            Ok(Progress::Ended(lane, verdict)) => {
                let case = running.remove(&lane).unwrap();
                match verdict {
                    Ok(words) => *found.entry((case.action, words)).or_default() += 1,
                    Err(Wrong::Untrue(words)) => wrong.push(format!("{case}: UNTRUE: {words}")),
                    Err(Wrong::Poor(words)) => wrong.push(format!("{case}: {words}")),
                }
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
            Err(mpsc::RecvTimeoutError::Timeout) => panic!("these hang: {running:?}"),
        }
    }
    assert!(running.is_empty(), "these ended in a panic: {running:?}");
    // After its cases a lane checks that no denied order came later.
    for lane in lanes {
        lane.join().unwrap();
    }
    for ((action, words), times) in &found {
        println!("{times:6}  {action:?}: {words}");
    }
    let right: usize = found.values().sum();
    println!("{right:6}  of {count} cases are right");
    let shown = wrong.iter().take(40).map(|line| format!("\n{line}"));
    assert!(
        wrong.is_empty(),
        "{} are wrong:{}",
        wrong.len(),
        shown.collect::<String>()
    );
    assert_eq!(right, count);
}

enum Progress {
    Begins(usize, Case),
    Ended(usize, Verdict),
}

/// Runs one round after another, each with a simulator of its own.
fn run(
    adapter: Adapter,
    lane: usize,
    rounds: &Mutex<VecDeque<Vec<Case>>>,
    sender: &Sender<Progress>,
) {
    loop {
        let Some(round) = rounds.lock().unwrap().pop_front() else {
            return;
        };
        let mut world = World::open(adapter, round[0].setting());
        for case in &round {
            sender.send(Progress::Begins(lane, *case)).unwrap();
            let mut verdict = world.run(case);
            // Under load a simulator may be slower than the client waits.
            while let (Err(Wrong::Poor(_)), Some(setting)) =
                (&verdict, world.setting.more_patient())
            {
                world.check_denied();
                world = World::open(adapter, setting);
                verdict = world.run(case);
            }
            sender.send(Progress::Ended(lane, verdict)).unwrap();
        }
        world.check_denied();
    }
}

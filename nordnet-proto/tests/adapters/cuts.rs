//! A connection that is cut at every byte, both ways, in every manner: what the
//! client then says is held against what the simulator knows to be true.
//!
//! An error means that nothing was done, and nothing was. What was accepted was
//! done, once. Unknown is only what cannot be known. Whatever may be repeated is
//! repeated, and a feed comes back and tells of the gap. The client goes on
//! working, and nothing takes long.

use std::collections::{BTreeMap, VecDeque};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::shared::Waits;

use case::{Action, Case};
use lane::World;

#[path = "cuts/calls.rs"]
mod calls;
#[path = "cuts/case.rs"]
mod case;
#[path = "cuts/feeds.rs"]
mod feeds;
#[path = "cuts/lane.rs"]
mod lane;

/// How many cases run at a time: most of them wait.
const LANES: usize = 24;

/// How many cases one simulator sees.
const ROUND: usize = 40;

/// Longer than any case takes, on however slow a machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the client said, or what is wrong with it.
type Verdict = Result<&'static str, Wrong>;

enum Wrong {
    /// What was said is not so.
    Untrue(String),
    /// More could have been known, or done.
    Poor(String),
}

impl From<String> for Wrong {
    fn from(words: String) -> Self {
        Self::Poor(words)
    }
}

/// Cuts at every so many bytes, and at the borders.
pub(crate) fn sweep<R: Waits>(step: u64) {
    let cases = case::all(lane::lengths::<R>, step);
    let count = cases.len();
    assert!(count > 500, "{count} are not many");
    let by_setting = cases.chunk_by(|one, next| one.setting() == next.setting());
    let rounds: VecDeque<Vec<Case>> = by_setting
        .flat_map(|cases| cases.chunks(ROUND).map(<[Case]>::to_vec))
        .collect();
    let rounds = Arc::new(Mutex::new(rounds));
    let (tell, told) = mpsc::channel();
    let lanes = (0..LANES).map(|lane| {
        let (rounds, tell) = (Arc::clone(&rounds), tell.clone());
        thread::spawn(move || run::<R>(lane, &rounds, &tell))
    });
    let lanes: Vec<_> = lanes.collect();
    drop(tell);

    let mut running = BTreeMap::new();
    let mut found: BTreeMap<(Action, &str), usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    loop {
        match told.recv_timeout(PATIENCE) {
            Ok(Told::Begins(lane, case)) => _ = running.insert(lane, case),
            Ok(Told::Ended(lane, verdict)) => {
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
    // Between its cases a lane looks for orders that came later.
    for lane in lanes {
        lane.join().unwrap();
    }
    for ((action, words), times) in &found {
        println!("{times:6}  {action:?}: {words}");
    }
    let right: usize = found.values().sum();
    println!("{right:6}  of {count} runs are as they should be");
    let shown = wrong.iter().take(40).map(|line| format!("\n{line}"));
    assert!(
        wrong.is_empty(),
        "{} are not:{}",
        wrong.len(),
        shown.collect::<String>()
    );
    assert_eq!(right, count);
}

enum Told {
    Begins(usize, Case),
    Ended(usize, Verdict),
}

/// Runs one round after another, each with a simulator of its own.
fn run<R: Waits>(lane: usize, rounds: &Mutex<VecDeque<Vec<Case>>>, tell: &Sender<Told>) {
    loop {
        let Some(round) = rounds.lock().unwrap().pop_front() else {
            return;
        };
        let mut world = World::<R>::open(round[0].setting());
        for case in &round {
            tell.send(Told::Begins(lane, *case)).unwrap();
            let mut verdict = world.run(case);
            // Under load a simulator may be slower than a client has patience.
            while let (Err(Wrong::Poor(_)), Some(setting)) =
                (&verdict, world.setting.more_patient())
            {
                world.check_denied();
                world = World::open(setting);
                verdict = world.run(case);
            }
            tell.send(Told::Ended(lane, verdict)).unwrap();
        }
        world.check_denied();
    }
}

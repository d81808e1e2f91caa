//! A system that gives no thread any more.

use std::fs;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;

use nordnet_blocking::{Error, LoginError, Outcome, Reference};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::support::{builder, placed, resting_order, server, trader};

/// The limit is that of a process, so this is played in one of its own.
const PLAYED: &str = "NORDNET_TEST_WITHOUT_THREADS";

/// Less than the stack of a thread, and enough for all else.
const ROOM: u64 = 1 << 20;

#[test]
fn an_order_for_which_there_is_no_thread_is_not_sent() {
    if std::env::var_os(PLAYED).is_some() {
        return play();
    }
    let this = std::env::current_exe().unwrap();
    let output = Command::new(this)
        .args([
            "--exact",
            "no_threads::an_order_for_which_there_is_no_thread_is_not_sent",
        ])
        .env(PLAYED, "1")
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
}

fn play() {
    let server = server();
    let nordnet = trader(&server);
    let opened = builder(&server).open().unwrap();
    let Outcome::Accepted(_) = nordnet.send(resting_order("threads-1")).unwrap() else {
        panic!("not accepted");
    };

    let limit = getrlimit(Resource::As);
    let current = Some(mapped() + ROOM);
    setrlimit(Resource::As, Rlimit { current, ..limit }).unwrap();
    // The stacks of threads that have ended are used again, so use them up.
    let held = Arc::new(Mutex::new(()));
    let hold = held.lock().unwrap();
    let other = |_| {
        let held = Arc::clone(&held);
        thread::Builder::new().spawn(move || drop(held.lock())).ok()
    };
    let others: Vec<_> = (0..).map_while(other).collect();
    let order = nordnet.send(resting_order("threads-2"));
    let login = opened.session();
    setrlimit(Resource::As, limit).unwrap();
    drop(hold);
    for other in others {
        other.join().unwrap();
    }

    assert!(matches!(order, Err(Error::NotSent(_))), "{order:?}");
    let reference = Reference::new("threads-2").unwrap();
    assert!(matches!(
        nordnet.outcome(&reference),
        Some(Err(Error::NotSent(_)))
    ));
    assert_eq!(nordnet.unresolved(), []);
    assert_eq!(placed(&server, "threads-2"), 0);
    assert!(
        matches!(login, Err(LoginError::Unreachable(_))),
        "{login:?}"
    );
    // The client goes on as soon as there are threads.
    assert!(opened.session().is_ok());
    let again = nordnet.send(resting_order("threads-3")).unwrap();
    assert!(matches!(again, Outcome::Accepted(_)), "{again:?}");
}

/// The address space that is in use, in bytes.
fn mapped() -> u64 {
    let pages = fs::read_to_string("/proc/self/statm").unwrap();
    let pages: u64 = pages.split(' ').next().unwrap().parse().unwrap();
    pages * rustix::param::page_size() as u64
}

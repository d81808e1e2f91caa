//! A system that starts no thread any more.

use std::fs;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use nordnet_blocking::{ApiKey, BaseUrl, ClientBuilder, Error, LoginError, Outcome, Reference};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::support::{placed, resting_order, server};

/// The limit is that of a process, so the client runs in one of its own: without the
/// threads of the server, whose end would make room for others.
const PLAYED: &str = "NORDNET_TEST_WITHOUT_THREADS";

/// Less than the stack of a thread, and enough for all else.
const ROOM: u64 = 1 << 20;

/// For threads that were about to end, and leave their stacks to others.
const MOMENT: Duration = Duration::from_millis(200);

#[test]
fn an_order_is_not_sent_if_no_thread_can_be_started() {
    if let Ok(url) = std::env::var(PLAYED) {
        let [api_key, key, ca] = SECRETS.map(|name| std::env::var(name).unwrap());
        let api_key = ApiKey::new(&api_key).unwrap();
        let builder = || {
            let builder = nordnet_blocking::builder(url.parse::<BaseUrl>().unwrap());
            let builder = builder.key_file(api_key.clone(), key.clone(), None);
            builder.trust_only(ca.clone())
        };
        return play(builder);
    }
    let server = server();
    let secrets = [
        server.api_key().to_owned(),
        server.private_key().unwrap(),
        server.ca_pem().unwrap().to_owned(),
    ];
    let this = std::env::current_exe().unwrap();
    let output = Command::new(this)
        .args([
            "--exact",
            "no_threads::an_order_is_not_sent_if_no_thread_can_be_started",
        ])
        .env(PLAYED, server.rest_url())
        .envs(SECRETS.into_iter().zip(secrets))
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let orders = ["threads-1", "threads-2", "threads-3"].map(|order| placed(&server, order));
    assert_eq!(orders, [1, 0, 1]);
}

/// Variables with what the client in the other process logs in with.
const SECRETS: [&str; 3] = [
    "NORDNET_TEST_API_KEY",
    "NORDNET_TEST_KEY",
    "NORDNET_TEST_CA",
];

fn play(builder: impl Fn() -> ClientBuilder) {
    let nordnet = builder().trading().login().unwrap();
    let opened = builder().open().unwrap();
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
    let mut others: Vec<_> = (0..).map_while(other).collect();
    loop {
        thread::sleep(MOMENT);
        let more: Vec<_> = (0..).map_while(other).collect();
        if more.is_empty() {
            break;
        }
        others.extend(more);
    }
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
    assert!(
        matches!(login, Err(LoginError::Unreachable(_))),
        "{login:?}"
    );
    // The client works again as soon as there are threads.
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

//! What is tried alike on every adapter.

use std::time::{Duration, Instant};

use nordnet_blocking::proto::driver::{BlockingAdapter as _, by_timer};
use nordnet_blocking::{Alarm, Blocking};

use crate::cuts::sweep;
use crate::dependencies;
use crate::dropping::takes_no_time;
#[cfg(unix)]
use crate::files;
use crate::handshakes;
use crate::shared::Waits;
use crate::strangers;
use crate::watching;

impl Waits for Blocking {
    fn in_time<F: Future>(time: Duration, future: F) -> Option<F::Output> {
        Self::wait(by_timer(&mut Alarm, Instant::now() + time, future))
    }

    fn result<T: Send + 'static>(call: T) -> T {
        call
    }
}

#[test]
fn no_async_runtime_and_little_else_is_in_the_tree() {
    let runtimes = [
        "tokio*",
        "smol",
        "mio",
        "polling",
        "hyper*",
        "async-*",
        "futures-util",
    ];
    dependencies::are_few(70, &runtimes);
}

#[test]
fn what_is_told_is_true_wherever_a_connection_is_cut() {
    sweep::<Blocking>(23);
}

#[test]
fn an_order_that_cannot_have_left_is_known_not_to_have() {
    handshakes::cut::<Blocking>(23);
}

#[test]
#[ignore = "cuts at every byte, which takes minutes"]
fn an_order_that_cannot_have_left_is_known_at_every_byte() {
    handshakes::cut::<Blocking>(1);
}

#[cfg(unix)]
#[test]
fn only_regular_files_are_read() {
    files::are_refused_unless_regular::<Blocking>();
}

#[test]
fn servers_that_are_strangers_get_no_order() {
    strangers::get_no_order::<Blocking>();
}

#[test]
fn dropping_a_client_or_a_feed_takes_no_time() {
    takes_no_time::<Blocking>();
}

#[test]
#[ignore = "cuts at every byte, which takes minutes"]
fn what_is_told_is_true_at_every_byte() {
    sweep::<Blocking>(1);
}

#[test]
fn a_quote_is_never_behind_the_event() {
    watching::a_quote_is_never_behind_the_event::<Blocking>();
}

#[test]
fn a_slow_reader_misses_nothing_that_counts() {
    watching::a_slow_reader_misses_nothing_that_counts::<Blocking>();
}

#[test]
fn what_is_watched_no_more_is_forgotten() {
    watching::what_is_watched_no_more_is_forgotten::<Blocking>();
}

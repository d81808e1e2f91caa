//! What is tried alike on every adapter.

use std::sync::LazyLock;
use std::time::Duration;

use nordnet_tokio::Tokio;
use nordnet_tokio::proto::driver::BoxFuture;
use tokio::runtime::Runtime;
use tokio::time::timeout;

use crate::cuts::sweep;
use crate::dependencies;
use crate::dropped::{self, Futures};
use crate::dropping::takes_no_time;
#[cfg(unix)]
use crate::files;
use crate::handshakes;
use crate::shared::Waits;
use crate::strangers;
use crate::watching;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());

impl Waits for Tokio {
    fn in_time<F: Future>(time: Duration, future: F) -> Option<F::Output> {
        RUNTIME.block_on(async { timeout(time, future).await.ok() })
    }

    fn result<T: Send + 'static>(call: BoxFuture<T>) -> T {
        RUNTIME.block_on(call)
    }
}

impl Futures for Tokio {
    fn future<T: Send + 'static>(call: BoxFuture<T>) -> BoxFuture<T> {
        call
    }
}

#[test]
fn no_other_runtime_and_little_else_is_in_the_tree() {
    dependencies::are_few(82, &["smol", "async-*", "polling", "reqwest", "h2"]);
}

#[test]
fn what_is_told_is_true_wherever_a_connection_is_cut() {
    sweep::<Tokio>(23);
}

#[test]
fn an_order_that_cannot_have_left_is_known_not_to_have() {
    handshakes::cut::<Tokio>(23);
}

#[test]
#[ignore = "cuts at every byte, which takes minutes"]
fn an_order_that_cannot_have_left_is_known_at_every_byte() {
    handshakes::cut::<Tokio>(1);
}

#[cfg(unix)]
#[test]
fn only_regular_files_are_read() {
    files::are_refused_unless_regular::<Tokio>();
}

#[test]
fn servers_that_are_strangers_get_no_order() {
    strangers::get_no_order::<Tokio>();
}

#[test]
fn dropping_a_client_or_a_feed_takes_no_time() {
    let _inside = RUNTIME.enter();
    takes_no_time::<Tokio>();
}

#[test]
#[ignore = "cuts at every byte, which takes minutes"]
fn what_is_told_is_true_at_every_byte() {
    sweep::<Tokio>(1);
}

#[test]
fn orders_whose_futures_are_dropped_are_neither_lost_nor_repeated() {
    dropped::orders::<Tokio>();
}

#[test]
fn reads_may_be_dropped_at_any_poll() {
    dropped::reads::<Tokio>();
}

#[test]
fn logins_may_be_dropped_at_any_poll() {
    dropped::logins::<Tokio>();
}

#[test]
fn logouts_may_be_dropped_at_any_poll() {
    dropped::logouts::<Tokio>();
}

#[test]
fn settling_may_be_dropped_at_any_poll() {
    dropped::settling::<Tokio>();
}

#[test]
fn logging_out_waits_for_orders_in_flight() {
    dropped::logging_out_waits_for_orders_in_flight::<Tokio>();
}

#[test]
fn calls_in_flight_hold_nobody_up_who_drops_them() {
    dropped::calls_in_flight_hold_nobody_up::<Tokio>();
}

#[test]
fn feeds_go_on_where_their_waits_were_dropped() {
    dropped::feeds::<Tokio>();
}

#[test]
fn watches_go_on_where_their_waits_were_dropped() {
    let _inside = RUNTIME.enter();
    dropped::watches::<Tokio>();
}

#[test]
fn a_quote_is_never_behind_the_event() {
    watching::a_quote_is_never_behind_the_event::<Tokio>();
}

#[test]
fn a_slow_reader_misses_nothing_that_counts() {
    let _inside = RUNTIME.enter();
    watching::a_slow_reader_misses_nothing_that_counts::<Tokio>();
}

#[test]
fn what_is_watched_no_more_is_forgotten() {
    let _inside = RUNTIME.enter();
    watching::what_is_watched_no_more_is_forgotten::<Tokio>();
}

//! What is tried alike on every adapter.

use std::time::Duration;

use nordnet_smol::Smol;
use nordnet_smol::proto::driver::BoxFuture;
use smol::Timer;
use smol::future::or;

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

impl Waits for Smol {
    fn in_time<F: Future>(time: Duration, future: F) -> Option<F::Output> {
        let late = async {
            Timer::after(time).await;
            None
        };
        smol::block_on(or(async { Some(future.await) }, late))
    }

    fn result<T: Send + 'static>(call: BoxFuture<T>) -> T {
        smol::block_on(call)
    }
}

impl Futures for Smol {
    fn future<T: Send + 'static>(call: BoxFuture<T>) -> BoxFuture<T> {
        call
    }
}

#[test]
fn no_other_runtime_and_little_else_is_in_the_tree() {
    dependencies::are_few(107, &["mio", "tokio*", "hyper*", "reqwest", "h2"]);
}

#[test]
fn what_is_told_is_true_wherever_a_connection_is_cut() {
    sweep::<Smol>(23);
}

#[test]
fn an_order_that_cannot_have_left_is_known_not_to_have() {
    handshakes::cut::<Smol>(23);
}

#[test]
#[ignore = "cuts at every byte, which takes minutes"]
fn an_order_that_cannot_have_left_is_known_at_every_byte() {
    handshakes::cut::<Smol>(1);
}

#[cfg(unix)]
#[test]
fn only_regular_files_are_read() {
    files::are_refused_unless_regular::<Smol>();
}

#[test]
fn servers_that_are_strangers_get_no_order() {
    strangers::get_no_order::<Smol>();
}

#[test]
fn dropping_a_client_or_a_feed_takes_no_time() {
    takes_no_time::<Smol>();
}

#[test]
#[ignore = "cuts at every byte, which takes minutes"]
fn what_is_told_is_true_at_every_byte() {
    sweep::<Smol>(1);
}

#[test]
fn orders_whose_futures_are_dropped_are_neither_lost_nor_repeated() {
    dropped::orders::<Smol>();
}

#[test]
fn reads_may_be_dropped_at_any_poll() {
    dropped::reads::<Smol>();
}

#[test]
fn logins_may_be_dropped_at_any_poll() {
    dropped::logins::<Smol>();
}

#[test]
fn logouts_may_be_dropped_at_any_poll() {
    dropped::logouts::<Smol>();
}

#[test]
fn settling_may_be_dropped_at_any_poll() {
    dropped::settling::<Smol>();
}

#[test]
fn logging_out_waits_for_orders_in_flight() {
    dropped::logging_out_waits_for_orders_in_flight::<Smol>();
}

#[test]
fn calls_in_flight_hold_nobody_up_who_drops_them() {
    dropped::calls_in_flight_hold_nobody_up::<Smol>();
}

#[test]
fn feeds_go_on_where_their_waits_were_dropped() {
    dropped::feeds::<Smol>();
}

#[test]
fn watches_go_on_where_their_waits_were_dropped() {
    dropped::watches::<Smol>();
}

#[test]
fn a_quote_is_never_behind_the_event() {
    watching::a_quote_is_never_behind_the_event::<Smol>();
}

#[test]
fn a_slow_reader_misses_nothing_that_counts() {
    watching::a_slow_reader_misses_nothing_that_counts::<Smol>();
}

#[test]
fn what_is_watched_no_more_is_forgotten() {
    watching::what_is_watched_no_more_is_forgotten::<Smol>();
}

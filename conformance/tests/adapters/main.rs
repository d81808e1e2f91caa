//! What has to hold for every adapter, against the simulator and over real sockets:
//! one list of tests, which runs for each of them.
//!
//! ```sh
//! cargo test -p nordnet-conformance --test adapters tokio::
//! ```

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod adapter;
mod cuts;
mod dependencies;
mod dropped;
mod dropping;
mod handshakes;
#[cfg(unix)]
mod key_files;
mod relay;
mod shared;
mod untrusted;
mod watches;

/// Makes a module of tests for each adapter.
macro_rules! on_each_adapter {
    (every { $($every:tt)* } futures { $($futures:tt)* }) => {
        mod tokio {
            tests! { Tokio, $($every)* $($futures)* }
        }
        mod smol {
            tests! { Smol, $($every)* $($futures)* }
        }
        mod blocking {
            tests! { Blocking, $($every)* }
        }
    };
}

macro_rules! tests {
    ($adapter:ident, $($(#[$attribute:meta])* $name:ident => $test:expr;)*) => {
        use crate::adapter::Adapter;
        use crate::*;

        $(
            $(#[$attribute])*
            #[test]
            fn $name() {
                $test(Adapter::$adapter);
            }
        )*
    };
}

on_each_adapter! {
    every {
        dependencies_are_few_and_without_another_runtime
            => dependencies::are_few_and_without_another_runtime;

        reports_are_true_after_a_connection_is_cut => |adapter| cuts::sweep(adapter, 23);
        #[ignore = "cuts at every byte, which takes minutes"]
        reports_are_true_after_a_cut_at_every_byte => |adapter| cuts::sweep(adapter, 1);

        order_is_known_as_not_sent_if_the_handshake_was_cut
            => |adapter| handshakes::cut(adapter, 23);
        #[ignore = "cuts at every byte, which takes minutes"]
        order_is_known_as_not_sent_if_the_handshake_was_cut_at_every_byte
            => |adapter| handshakes::cut(adapter, 1);

        #[cfg(unix)]
        refuses_key_files_that_are_not_regular_files => key_files::are_refused_unless_regular;

        sends_no_order_to_an_untrusted_server => untrusted::get_no_order;

        dropping_a_client_or_a_feed_does_not_block => dropping::does_not_block;

        quotes_are_as_new_as_the_last_event => watches::quotes_are_as_new_as_the_last_event;
        slow_reader_gets_all_events_and_merged_ticks
            => watches::slow_reader_gets_all_events_and_merged_ticks;
        unsubscribing_drops_the_quote => watches::unsubscribing_drops_the_quote;
    }
    futures {
        orders_take_effect_once_if_their_futures_are_dropped => dropped::orders;
        reads_can_be_dropped_at_any_poll => dropped::reads;
        logins_can_be_dropped_at_any_poll => dropped::logins;
        logouts_can_be_dropped_at_any_poll => dropped::logouts;
        settling_can_be_dropped_at_any_poll => dropped::settling;
        logout_waits_for_orders_in_flight => dropped::logout_waits_for_orders_in_flight;
        dropped_logout_ends_the_session => dropped::dropped_logout_ends_the_session;
        dropping_calls_in_flight_does_not_block => dropped::calls_in_flight_do_not_block;
        feeds_lose_no_event_if_their_waits_are_dropped => dropped::feeds;
        watches_lose_no_event_if_their_waits_are_dropped => dropped::watches;
    }
}

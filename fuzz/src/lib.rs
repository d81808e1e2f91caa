//! What is fuzzed, as plain functions over bytes.
//!
//! Each function takes any bytes and panics where a promise of `nordnet-proto`
//! or `nordnet-driver` does not hold. cargo-fuzz calls them with what it makes up; on stable the
//! tests call them with the seeds of `fuzz/seeds`, and each target is a program
//! that calls its function with the files that it is given.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a broken promise shows as a panic"
)]

mod answers;
mod commands;
mod decimal;
mod draw;
mod equality;
mod feed_life;
mod http1;
mod lines;
mod lives;
mod messages;
mod replay;
mod sim;

pub use answers::answers;
pub use commands::commands;
pub use decimal::decimal;
pub use equality::{equality, mutations};
pub use feed_life::feed_life;
pub use http1::http1;
pub use lines::lines;
pub use lives::{lives, script};
pub use messages::messages;
pub use replay::{lines_of, replay, replay_seeds};

/// The program around one function: a fuzz target under cargo-fuzz, else one
/// that replays files.
#[cfg(fuzzing)]
#[macro_export]
macro_rules! target {
    ($body:ident) => {
        libfuzzer_sys::fuzz_target!(|data: &[u8]| $crate::$body(data));
    };
}

/// The program around one function: a fuzz target under cargo-fuzz, else one
/// that replays files.
#[cfg(not(fuzzing))]
#[macro_export]
macro_rules! target {
    ($body:ident) => {
        fn main() -> std::process::ExitCode {
            $crate::replay(stringify!($body), $crate::$body)
        }
    };
}

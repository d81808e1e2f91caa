//! `nordnet-blocking` over TLS.

use std::process::ExitCode;

use nordnet_blocking::Blocking;
use nordnet_conformance::{Runner, play_over_tls};
use nordnet_driver::blocking::block_on;

fn main() -> ExitCode {
    nordnet_conformance::run("blocking", |scenario| {
        play_over_tls(Runner::of_blocking(Blocking), scenario, block_on)
    })
}

//! `nordnet-blocking` over TLS.

use std::process::ExitCode;

use nordnet_blocking::Blocking;
use nordnet_conformance::Runner;
use nordnet_driver::blocking::block_on;

fn main() -> ExitCode {
    nordnet_conformance::run("blocking", |scenario| {
        Runner::of_blocking(Blocking).play_over_tls(scenario, block_on)
    })
}

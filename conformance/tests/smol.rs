//! `nordnet-smol` over TLS.

use std::process::ExitCode;

use nordnet_conformance::{Runner, play_over_tls};
use nordnet_smol::Smol;

fn main() -> ExitCode {
    nordnet_conformance::run("smol", |scenario| {
        play_over_tls(Runner::of_async(Smol), scenario, smol::block_on)
    })
}

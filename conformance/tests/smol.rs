//! `nordnet-smol` over TLS.

use std::process::ExitCode;

use nordnet_conformance::Runner;
use nordnet_smol::Smol;

fn main() -> ExitCode {
    nordnet_conformance::run("smol", |scenario| {
        Runner::of_async(Smol).play_over_tls(scenario, smol::block_on)
    })
}

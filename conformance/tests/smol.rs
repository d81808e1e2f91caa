//! `nordnet-smol` over TLS.

use std::process::ExitCode;

use nordnet_conformance::over_tls;
use nordnet_smol::Smol;

fn main() -> ExitCode {
    nordnet_conformance::run("smol", |scenario| {
        over_tls::<Smol>(scenario, smol::block_on)
    })
}

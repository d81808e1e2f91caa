//! `nordnet-tokio` over TLS.

use std::process::ExitCode;

use nordnet_conformance::{Runner, play_over_tls};
use nordnet_tokio::Tokio;
use tokio::runtime::Builder;

fn main() -> ExitCode {
    nordnet_conformance::run("tokio", |scenario| {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        play_over_tls(Runner::of_async(Tokio), scenario, |played| {
            runtime.block_on(played)
        })
    })
}

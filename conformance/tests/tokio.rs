//! `nordnet-tokio` over TLS.

use std::process::ExitCode;

use nordnet_conformance::Runner;
use nordnet_tokio::Tokio;
use tokio::runtime::Builder;

fn main() -> ExitCode {
    nordnet_conformance::run("tokio", |scenario| {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        Runner::of_async(Tokio).play_over_tls(scenario, |played| runtime.block_on(played))
    })
}

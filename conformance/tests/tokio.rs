//! `nordnet-tokio` over TLS.

use std::process::ExitCode;

use nordnet_conformance::over_tls;
use nordnet_tokio::Tokio;
use tokio::runtime::Builder;

fn main() -> ExitCode {
    nordnet_conformance::run("tokio", |scenario| {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        over_tls::<Tokio>(scenario, |played| runtime.block_on(played))
    })
}

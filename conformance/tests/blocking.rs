//! `nordnet-blocking` over TLS.

use std::process::ExitCode;

use nordnet_blocking::Blocking;
use nordnet_conformance::over_tls;
use nordnet_proto::driver::BlockingAdapter as _;

fn main() -> ExitCode {
    nordnet_conformance::run("blocking", |scenario| {
        over_tls::<Blocking>(scenario, Blocking::wait)
    })
}

//! The driver in memory and in virtual time.

use std::process::ExitCode;

fn main() -> ExitCode {
    nordnet_conformance::run("in memory", nordnet_conformance::play_in_memory)
}

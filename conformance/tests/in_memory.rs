//! The bare core, in memory and in virtual time.

use std::process::ExitCode;

use nordnet_conformance::InMemory;

fn main() -> ExitCode {
    nordnet_conformance::run("in memory", InMemory::play)
}

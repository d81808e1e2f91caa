//! One script for the core, the driver and all adapters: what the exchange does, what
//! the client does, and what it then sees, as text files in `scenarios/`.
//!
//! Four runners play a scenario: the driver in memory and in virtual time, and each
//! adapter over real TLS. What each of them saw has to be what the file says, word for
//! word. See the crate's README for how to add one.
//!
//! ```text
//!  scenarios/*.txt ──▶ Scenario ──▶ play, over a Runner ──▶ transcript ──▶ equal?
//!                                     │ client, feeds          ▲
//!                                     ▼                        │
//!                               nordnet-sim, steered by its control port's words
//! ```

mod harness;
mod in_memory;
mod over_tls;
mod player;
mod runner;
mod scenario;
mod settings;
mod trouble;
mod words;

pub use harness::run;
pub use in_memory::play_in_memory;
pub use over_tls::{Playing, play_over_tls};
pub use runner::Runner;
pub use scenario::Scenario;
pub use trouble::Trouble;

/// Compiles the examples of the workspace's README.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
mod readme {}

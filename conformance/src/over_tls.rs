//! A runtime over real TLS.

use std::pin::Pin;

use crate::player::{Site, play};
use crate::runner::Runner;
use crate::scenario::Scenario;
use crate::trouble::Trouble;

/// A scenario that is being played.
pub type Playing = Pin<Box<dyn Future<Output = Result<String, Trouble>>>>;

/// Plays a scenario over real TLS, with a simulator of its own. `wait` waits for a future
/// of the runtime.
///
/// # Errors
///
/// [`Trouble`] if the scenario cannot be played.
pub fn play_over_tls(
    runner: Runner,
    scenario: &Scenario,
    wait: impl FnOnce(Playing) -> Result<String, Trouble>,
) -> Result<String, Trouble> {
    let server = scenario.settings.exchange()?.start()?;
    let site = Site {
        url: server.rest_url().into(),
        api_key: server.api_key().into(),
        private_key: server.private_key().unwrap_or_default(),
        ca: server.ca_pem().map(Into::into),
        control: server.control(),
        runner,
    };
    wait(Box::pin(play(scenario.clone(), site)))
}

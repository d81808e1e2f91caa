//! The core and the driver over connections in memory, in the paused time of tokio: the
//! clock jumps to the next timer.

use std::sync::Arc;
use std::time::Instant;

use nordnet_driver::{BoxFuture, Connect, Runtime, Timer, Wire};
use nordnet_proto::{Cause, Failure};
use nordnet_tokio::{Socket, Tokio};
use tokio::runtime::Builder;

use crate::player::{Site, play};
use crate::runner::Runner;
use crate::scenario::Scenario;
use crate::trouble::Trouble;

/// Plays a scenario in memory and in virtual time.
///
/// # Errors
///
/// [`Trouble`] if the scenario cannot be played.
pub fn play_in_memory(scenario: &Scenario) -> Result<String, Trouble> {
    let mut runtime = Builder::new_current_thread();
    let runtime = runtime.enable_time().start_paused(true).build();
    runtime?.block_on(async {
        let server = scenario.settings.exchange()?.start_in_memory()?;
        let site = Site {
            url: server.rest_url(),
            api_key: server.api_key().into(),
            private_key: server.private_key().unwrap_or_default(),
            ca: None,
            control: server.control(),
            runner: Runner::of_async(InMemory(Arc::new(server))),
        };
        play(scenario.clone(), site).await
    })
}

/// Connections to a simulator in memory; tasks and timers of tokio.
struct InMemory(Arc<nordnet_sim::InMemory>);

impl Runtime for InMemory {
    fn now(&self) -> Instant {
        Tokio.now()
    }

    fn timer(&self) -> Box<dyn Timer> {
        Tokio.timer()
    }

    fn spawn(&self, task: BoxFuture<()>) {
        Tokio.spawn(task);
    }

    /// Runs it here: paused time would go on while another thread works.
    fn run_blocking(&self, work: Box<dyn FnOnce() + Send>) {
        work();
    }

    fn connect(&self, to: Connect) -> BoxFuture<Result<Box<dyn Wire>, Failure>> {
        let simulator = Arc::clone(&self.0);
        Box::pin(async move {
            let refused = |detail: String| Failure::before_sending(Cause::Connect, detail);
            let channel = nordnet_sim::InMemory::channel(to.server.port);
            let channel = channel.ok_or_else(|| refused("no such port".into()))?;
            let stream = simulator.connect(channel).await;
            let stream = stream.map_err(|error| refused(error.to_string()))?;
            Ok(Box::new(Socket::new(stream)) as Box<dyn Wire>)
        })
    }
}

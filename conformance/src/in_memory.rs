//! The core and the driver without any adapter: connections in memory, and a clock that
//! jumps to the next thing to happen.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use nordnet_driver::{BoxFuture, Connect, Runtime, Timer, Wire};
use nordnet_proto::{Cause, Failure};
use nordnet_sim::MemoryStream;
use tokio::io::{AsyncRead as _, AsyncWrite as _, ReadBuf};
use tokio::runtime::Builder;
use tokio::time::{Sleep, sleep_until};

use crate::player::{Site, play};
use crate::runner::Runner;
use crate::scenario::{Scenario, Trouble};

/// Plays a scenario in memory and in virtual time.
///
/// # Errors
///
/// [`Trouble`] if it makes no sense.
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

/// Connections to a simulator in memory.
struct InMemory(Arc<nordnet_sim::InMemory>);

impl Runtime for InMemory {
    fn now(&self) -> Instant {
        tokio::time::Instant::now().into_std()
    }

    fn timer(&self) -> Box<dyn Timer> {
        Box::new(Alarm(None))
    }

    fn spawn(&self, task: BoxFuture<()>) {
        tokio::spawn(task);
    }

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
            Ok(Box::new(MemoryWire(stream)) as Box<dyn Wire>)
        })
    }
}

/// A connection in memory.
struct MemoryWire(MemoryStream);

impl Wire for MemoryWire {
    fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        buffer: &mut Box<[u8]>,
    ) -> Poll<io::Result<usize>> {
        let mut buffer = ReadBuf::new(buffer);
        ready!(Pin::new(&mut self.0).poll_read(cx, &mut buffer))?;
        Poll::Ready(Ok(buffer.filled().len()))
    }

    fn poll_write(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }
}

/// A timer in virtual time.
struct Alarm(Option<Pin<Box<Sleep>>>);

impl Timer for Alarm {
    fn poll_until(&mut self, at: Instant, cx: &mut Context<'_>) -> Poll<()> {
        let at = at.into();
        let sleep = self.0.get_or_insert_with(|| Box::pin(sleep_until(at)));
        if sleep.deadline() != at {
            sleep.as_mut().reset(at);
        }
        sleep.as_mut().poll(cx)
    }
}

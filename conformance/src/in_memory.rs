//! The core without any adapter: connections in memory, and a clock that jumps
//! to the next thing to happen.

use std::future::Future;
use std::io;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Instant;

use nordnet_proto::driver::{Adapter, BoxFuture, FileContent, Http, Timer, Trust, Wire};
use nordnet_proto::{Cause, Failure, HttpResponse, Limits, Outgoing, Server, SetupError};
use nordnet_sim::MemoryStream;
use tokio::io::{AsyncRead as _, AsyncWrite as _, ReadBuf};
use tokio::runtime::Builder;
use tokio::time::{Sleep, sleep_until, timeout_at};

use crate::player::{Site, play};
use crate::runner::Runner;
use crate::scenario::{Scenario, Trouble};

/// The core over connections to a simulator in memory.
#[derive(Debug)]
pub struct InMemory {
    net: Net,
    http: Http<MemoryWire>,
}

/// What there is to connect to.
#[derive(Clone, Debug)]
pub struct Net {
    server: Arc<nordnet_sim::InMemory>,
    /// So that each seed is another, and the same in each run.
    seeds: Arc<AtomicU8>,
}

impl InMemory {
    /// Plays a scenario in virtual time.
    ///
    /// # Errors
    ///
    /// [`Trouble`] if it makes no sense.
    pub fn play(scenario: &Scenario) -> Result<String, Trouble> {
        let mut runtime = Builder::new_current_thread();
        let runtime = runtime.enable_time().start_paused(true).build();
        runtime?.block_on(async {
            let server = scenario.settings.exchange()?.start_in_memory()?;
            let site = Site::<Self> {
                url: server.rest_url(),
                api_key: server.api_key().into(),
                private_key: server.private_key().unwrap_or_default(),
                control: server.control(),
                trust: Trust::Settings(Net {
                    server: Arc::new(server),
                    seeds: Arc::default(),
                }),
            };
            play(scenario.clone(), site).await
        })
    }
}

impl Adapter for InMemory {
    type Call<T: Send + 'static> = BoxFuture<T>;
    type Tls = Net;
    type Wire = MemoryWire;
    type Timer = Alarm;

    fn new(trust: Trust<Net>, limits: &Limits) -> Result<Self, SetupError> {
        let Trust::Settings(net) = trust else {
            return Err(SetupError::Tls("there is none in memory".into()));
        };
        let http = Http::new(limits);
        Ok(Self { net, http })
    }

    fn call<T: Send + 'static>(future: impl Future<Output = T> + Send + 'static) -> BoxFuture<T> {
        Box::pin(future)
    }

    fn var(_: &str) -> Option<String> {
        None
    }

    fn read_file(_: &Path, _: usize) -> io::Result<FileContent> {
        Err(io::ErrorKind::NotFound.into())
    }

    fn now(&self) -> Instant {
        tokio::time::Instant::now().into_std()
    }

    fn timer(&self) -> Alarm {
        Alarm(None)
    }

    fn spawn(&self, task: BoxFuture<()>) {
        tokio::spawn(task);
    }

    async fn run_blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        Some(work())
    }

    fn connect(&self, server: Server, by: Instant) -> BoxFuture<Result<MemoryWire, Failure>> {
        let net = self.net.clone();
        Box::pin(async move {
            let channel = nordnet_sim::InMemory::channel(server.port);
            let refused = |detail: String| Failure::before_sending(Cause::Connect, detail);
            let channel = channel.ok_or_else(|| refused("no such port".into()))?;
            match timeout_at(by.into(), net.server.connect(channel)).await {
                Ok(Ok(stream)) => Ok(MemoryWire(stream)),
                Ok(Err(error)) => Err(refused(error.to_string())),
                Err(_) => Err(Failure::before_sending(Cause::Timeout, "while connecting")),
            }
        })
    }

    async fn send(&self, out: Outgoing) -> Result<HttpResponse, Failure> {
        self.http.send(self, out).await
    }

    fn seed(&self) -> Result<[u8; 16], SetupError> {
        Ok([self.net.seeds.fetch_add(1, Ordering::Relaxed); 16])
    }
}

impl Runner for InMemory {
    fn future<T: Send + 'static>(
        call: impl FnOnce() -> BoxFuture<T> + Send + 'static,
    ) -> BoxFuture<T> {
        Box::pin(async move { call().await })
    }
}

/// A connection in memory.
#[derive(Debug)]
pub struct MemoryWire(MemoryStream);

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
#[derive(Debug)]
pub struct Alarm(Option<Pin<Box<Sleep>>>);

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

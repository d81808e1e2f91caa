//! The client: the core's, over tokio.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use nordnet_proto::driver::{
    self, Adapter, AsyncAdapter, BoxFuture, FileContent, Timer, Trust, check_regular,
};
use nordnet_proto::{Failure, HttpResponse, Limits, Outgoing, ReadOnly, Server, SetupError};
use rustls::ClientConfig;
use tokio::time::{Sleep, sleep_until};
use zeroize::Zeroizing;

use crate::http1::Http;
use crate::net::{Connector, Socket};

/// A client of Nordnet: sends calls and opens feeds, on one session.
///
/// Its methods are those of [`driver::Client`]; a call is a future. It is
/// read-only by type unless built with
/// [`trading`](driver::ClientBuilder::trading):
///
/// ```compile_fail,E0277
/// # async fn f(nordnet: nordnet_tokio::Client, order: nordnet_tokio::PlaceOrder) {
/// nordnet.send(order).await; // a `Client<ReadOnly>` cannot
/// # }
/// ```
///
/// # Panics
///
/// Calls need a tokio runtime with its I/O and time drivers around them, and
/// panic without one.
pub type Client<A = ReadOnly> = driver::Client<Tokio, A>;

/// Builds a [`Client`].
///
/// ```no_run
/// use nordnet_tokio::{ApiKey, Client, Country, Passphrase};
///
/// # async fn f() -> nordnet_tokio::Result<()> {
/// # let api_key = ApiKey::new("7b1e4a90-52c3-4a7f-9a53-0d6f2c8e1b35").unwrap();
/// # let (file, passphrase) = (Vec::new(), Passphrase::new(""));
/// let nordnet = Client::builder(Country::Sweden)
///     .key_file(api_key, file, Some(passphrase))
///     .login()
///     .await?;
/// # Ok(())
/// # }
/// ```
pub type ClientBuilder<A = ReadOnly> = driver::ClientBuilder<Tokio, A>;

/// Connections, tasks and the clock of the tokio runtime that is around.
pub struct Tokio {
    connector: Connector,
    http: Http,
}

impl Adapter for Tokio {
    type Call<T: Send + 'static> = BoxFuture<T>;
    type Tls = ClientConfig;
    type Wire = Socket;
    type Timer = Alarm;

    fn new(trust: Trust<ClientConfig>, limits: &Limits) -> Result<Self, SetupError> {
        let connector = Connector::new(trust, limits)?;
        let http = Http::new(connector.clone(), limits);
        Ok(Self { connector, http })
    }

    fn call<T: Send + 'static>(future: impl Future<Output = T> + Send + 'static) -> BoxFuture<T> {
        Box::pin(future)
    }

    fn var(name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    fn read_file(path: &Path, most: usize) -> io::Result<FileContent> {
        let check = |found: &fs::Metadata| check_regular(found.is_file(), found.is_dir());
        // To open a FIFO would wait for its other end.
        check(&fs::metadata(path)?)?;
        let mut file = File::open(path)?;
        let metadata = file.metadata()?;
        check(&metadata)?;
        // Room for all of it at once, since growing would leave copies behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(most));
        (&mut file).take(most as u64).read_to_end(&mut bytes)?;
        #[cfg(unix)]
        let permissions = {
            use std::os::unix::fs::MetadataExt as _;
            // A process's own entry there belongs to its user.
            let user = fs::metadata("/proc/self").ok().map(|entry| entry.uid());
            Some((metadata.mode(), metadata.uid(), user))
        };
        #[cfg(not(unix))]
        let permissions = None;
        Ok(FileContent { bytes, permissions })
    }

    /// The clock of the runtime, so that paused time works.
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
        match tokio::task::spawn_blocking(work).await {
            Ok(result) => Some(result),
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(_) => None,
        }
    }

    fn connect(&self, server: Server, by: Instant) -> BoxFuture<Result<Socket, Failure>> {
        let connector = self.connector.clone();
        Box::pin(async move { connector.connect(&server, by).await })
    }

    async fn send(&self, out: Outgoing) -> Result<HttpResponse, Failure> {
        self.http.send(out).await
    }

    fn seed(&self) -> Result<[u8; 16], SetupError> {
        self.connector.seed()
    }

    #[cfg(feature = "tracing")]
    fn note(&self, note: &driver::Note<'_>) {
        driver::trace(note);
    }

    #[cfg(feature = "tracing")]
    fn within<F>(scope: driver::Scope, future: F) -> impl Future<Output = F::Output> + Send
    where
        F: Future<Output: Send> + Send,
    {
        driver::traced(scope, future)
    }
}

impl AsyncAdapter for Tokio {}

impl fmt::Debug for Tokio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tokio")
    }
}

/// A timer of the runtime, set when it is first waited for.
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

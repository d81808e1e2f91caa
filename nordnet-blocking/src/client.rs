//! The client: the core's, over plain threads.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;
use std::time::Instant;

use nordnet_proto::driver::{
    self, Adapter, BlockingAdapter, BoxFuture, FileContent, Http, Trust, check_regular, detached,
};
use nordnet_proto::{Failure, HttpResponse, Limits, Outgoing, ReadOnly, Server, SetupError};
use rustls::ClientConfig;
use zeroize::Zeroizing;

use crate::executor::{Alarm, block_on, spawn};
use crate::net::{Connector, Socket};

/// A client of Nordnet: sends calls and opens feeds, on one session.
///
/// Its methods are those of [`driver::Client`]; a call returns when it is done.
/// Threads share a client by its clones. It is read-only by type unless built
/// with [`trading`](driver::ClientBuilder::trading):
///
/// ```compile_fail,E0277
/// # fn f(nordnet: nordnet_blocking::Client, order: nordnet_blocking::PlaceOrder) {
/// nordnet.send(order); // a `Client<ReadOnly>` cannot
/// # }
/// ```
pub type Client<A = ReadOnly> = driver::Client<Blocking, A>;

/// Builds a [`Client`].
///
/// ```no_run
/// use nordnet_blocking::{ApiKey, Client, Country, Passphrase};
///
/// # fn f() -> nordnet_blocking::Result<()> {
/// # let api_key = ApiKey::new("7b1e4a90-52c3-4a7f-9a53-0d6f2c8e1b35").unwrap();
/// # let (file, passphrase) = (Vec::new(), Passphrase::new(""));
/// let nordnet = Client::builder(Country::Sweden)
///     .key_file(api_key, file, Some(passphrase))
///     .login()?;
/// # Ok(())
/// # }
/// ```
///
/// A signer that is given to
/// [`signed_elsewhere`](driver::ClientBuilder::signed_elsewhere) may block: its
/// future is polled on the thread of the login.
pub type ClientBuilder<A = ReadOnly> = driver::ClientBuilder<Blocking, A>;

/// Sockets and threads of the standard library, and the system's clock.
pub struct Blocking {
    connector: Connector,
    http: Http<Socket>,
}

impl Adapter for Blocking {
    type Call<T: Send + 'static> = T;
    type Tls = ClientConfig;
    type Wire = Socket;
    type Timer = Alarm;

    fn new(trust: Trust<ClientConfig>, limits: &Limits) -> Result<Self, SetupError> {
        let connector = Connector::new(trust, limits)?;
        let http = Http::new(limits);
        Ok(Self { connector, http })
    }

    fn call<T: Send + 'static>(future: impl Future<Output = T> + Send + 'static) -> T {
        block_on(future)
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

    fn now(&self) -> Instant {
        Instant::now()
    }

    fn timer(&self) -> Alarm {
        Alarm
    }

    fn spawn(&self, task: BoxFuture<()>) {
        spawn(task);
    }

    async fn run_blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        detached(self, async { work() }).await
    }

    fn connect(&self, server: Server, by: Instant) -> BoxFuture<Result<Socket, Failure>> {
        self.connector.connect(self, server, by)
    }

    async fn send(&self, out: Outgoing) -> Result<HttpResponse, Failure> {
        self.http.send(self, out).await
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

impl BlockingAdapter for Blocking {
    fn wait<F: Future>(future: F) -> F::Output {
        block_on(future)
    }
}

impl fmt::Debug for Blocking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Blocking")
    }
}

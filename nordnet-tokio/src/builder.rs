//! Building a client: credentials, TLS, and what it may do.

use std::fmt;
use std::fs::File;
use std::future::Future;
use std::io::Read as _;
use std::marker::PhantomData;
use std::path::Path;
use std::sync::Arc;

use nordnet_proto::{
    ApiKey, BaseUrl, Challenge, Config, Credentials, Error, Fingerprint, Intent, Passphrase,
    PrivateKey, ReadOnly, Session, Settings, SetupError, Signature, Trading,
};
use rustls::ClientConfig;
use zeroize::Zeroizing;

use crate::client::Client;
use crate::drive::{BoxFuture, Shared, finished};
use crate::net::{self, Connector};

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
#[must_use = "a builder does nothing before `login` or `open`"]
pub struct ClientBuilder<A = ReadOnly> {
    config: Config,
    credentials: Source,
    roots: Roots,
    signer: Option<Signer>,
    journal: Option<Journal>,
    access: PhantomData<fn() -> A>,
}

/// Where the credentials come from.
enum Source {
    Missing,
    Opened(Credentials),
    KeyFile {
        api_key: ApiKey,
        file: Zeroizing<Vec<u8>>,
        passphrase: Option<Passphrase>,
    },
}

enum Roots {
    Mozilla,
    Own(Vec<u8>),
    Config(Box<ClientConfig>),
}

impl ClientBuilder {
    pub(crate) fn new(base_url: BaseUrl) -> Self {
        Self {
            config: Config::new(base_url),
            credentials: Source::Missing,
            roots: Roots::Mozilla,
            signer: None,
            journal: None,
            access: PhantomData,
        }
    }

    pub(crate) fn from_settings(settings: Settings) -> Result<Self, Error> {
        let mut builder = Self::new(settings.base_url);
        let file = read_secret("NORDNET_KEY_FILE", &settings.key_file)?;
        let passphrase = settings.passphrase_file.as_deref();
        let passphrase = passphrase.map(read_passphrase).transpose()?;
        builder.credentials = Source::KeyFile {
            api_key: settings.api_key,
            file,
            passphrase,
        };
        if let Some(path) = settings.ca_file {
            builder.roots = Roots::Own(
                std::fs::read(&path).map_err(|error| file_error("NORDNET_CA_FILE", &error))?,
            );
        }
        Ok(builder)
    }

    /// Lets the client place, change and cancel orders: with real money, at
    /// the real Nordnet.
    pub fn trading(self) -> ClientBuilder<Trading> {
        ClientBuilder {
            config: self.config,
            credentials: self.credentials,
            roots: self.roots,
            signer: self.signer,
            journal: self.journal,
            access: PhantomData,
        }
    }
}

impl<A> ClientBuilder<A> {
    /// Logs in with credentials that are opened already.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Source::Opened(credentials);
        self
    }

    /// Logs in with the text of a private key file. It is opened, off the
    /// executor, when the client is.
    pub fn key_file(
        mut self,
        api_key: ApiKey,
        file: impl Into<Vec<u8>>,
        passphrase: Option<Passphrase>,
    ) -> Self {
        self.credentials = Source::KeyFile {
            api_key,
            file: Zeroizing::new(file.into()),
            passphrase,
        };
        self
    }

    /// Logs in with a private key that lives elsewhere, in an agent or in
    /// hardware: `sign` is asked for the raw Ed25519 signature of each
    /// challenge.
    pub fn signed_elsewhere<F>(
        mut self,
        api_key: ApiKey,
        fingerprint: Fingerprint,
        sign: impl Fn(Challenge) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result<Signature, String>> + Send + 'static,
    {
        self.credentials = Source::Opened(Credentials::signed_elsewhere(api_key, fingerprint));
        self.signer = Some(Signer(Arc::new(move |challenge| Box::pin(sign(challenge)))));
        self
    }

    /// Records the intent of each order call before its first byte leaves. If
    /// `record` fails, the order is not sent.
    pub fn journal(
        mut self,
        record: impl Fn(&Intent) -> Result<(), String> + Send + Sync + 'static,
    ) -> Self {
        self.journal = Some(Journal(Arc::new(record)));
        self.config.record_intents = true;
        self
    }

    /// Trusts the certificate authorities of a PEM text and no others, as a
    /// simulator needs it.
    pub fn trust_only(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.roots = Roots::Own(pem.into());
        self
    }

    /// Uses TLS settings of your own, with their crypto provider.
    pub fn tls(mut self, config: ClientConfig) -> Self {
        self.roots = Roots::Config(Box::new(config));
        self
    }

    /// Changes the settings: language, limits, keep-alive.
    pub fn configure(mut self, change: impl FnOnce(&mut Config)) -> Self {
        change(&mut self.config);
        self
    }

    /// Opens the credentials and logs in.
    ///
    /// # Errors
    ///
    /// [`Error::Setup`] if the settings, the key or the TLS settings are not
    /// right, [`Error::Login`] if there is no session.
    pub async fn login(self) -> Result<Client<A>, Error> {
        let client = self.open().await?;
        client.session().await?;
        Ok(client)
    }

    /// Opens the credentials; the first call logs in.
    ///
    /// # Errors
    ///
    /// [`Error::Setup`] if the settings, the key or the TLS settings are not
    /// right.
    pub async fn open(self) -> Result<Client<A>, Error> {
        let credentials = match self.credentials {
            Source::Opened(credentials) => credentials,
            Source::KeyFile {
                api_key,
                file,
                passphrase,
            } => {
                // Off the executor: a passphrase takes seconds.
                let open = move || PrivateKey::open(&file, passphrase.as_ref());
                let key = finished(tokio::task::spawn_blocking(open)).await;
                Credentials::new(api_key, key.map_err(SetupError::Key)?)
            }
            Source::Missing => {
                return Err(SetupError::Missing {
                    variable: "credentials",
                    meaning: "give the builder an API key and a private key",
                }
                .into());
            }
        };
        let tls = match self.roots {
            Roots::Mozilla => net::tls_config(net::mozilla_roots())?,
            Roots::Own(pem) => net::tls_config(net::own_roots(&pem)?)?,
            Roots::Config(config) => *config,
        };
        let provider = Arc::clone(tls.crypto_provider());
        let connector = Connector::new(tls, self.config.limits.connect_stagger);
        let session = Session::new(self.config, credentials, net::seed(&provider)?);
        let shared = Shared::start(session, connector, self.signer, self.journal, provider);
        Ok(Client::new(shared))
    }
}

impl<A> fmt::Debug for ClientBuilder<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("base_url", &self.config.base_url)
            .finish_non_exhaustive()
    }
}

type Signing = BoxFuture<Result<Signature, String>>;

/// Asks whoever holds the private key.
pub(crate) struct Signer(Arc<dyn Fn(Challenge) -> Signing + Send + Sync>);

impl Signer {
    pub(crate) fn sign(&self, challenge: Challenge) -> Signing {
        (self.0)(challenge)
    }
}

/// Writes intents down.
#[derive(Clone)]
pub(crate) struct Journal(Arc<Recording>);

type Recording = dyn Fn(&Intent) -> Result<(), String> + Send + Sync;

impl Journal {
    pub(crate) fn record(&self, intent: &Intent) -> Result<(), String> {
        (self.0)(intent)
    }
}

/// Reads a file with a secret, unless others can read it too. The permissions
/// are those of the file that was opened, so that it cannot be replaced between.
fn read_secret(variable: &'static str, path: &Path) -> Result<Zeroizing<Vec<u8>>, SetupError> {
    let failed = |error: std::io::Error| file_error(variable, &error);
    let mut file = File::open(path).map_err(failed)?;
    // Room for all of it at once, since growing would leave copies behind; and
    // no more of it than it takes to see that it is no key file.
    let most = PrivateKey::MAX_FILE + 1;
    let mut bytes = Zeroizing::new(Vec::with_capacity(most));
    (&mut file)
        .take(most as u64)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let metadata = file.metadata().map_err(failed)?;
        // A process's own entry there belongs to its user.
        let user = std::fs::metadata("/proc/self")
            .ok()
            .map(|entry| entry.uid());
        let (mode, owner) = (metadata.mode(), metadata.uid());
        nordnet_proto::check_secret_file(path.into(), &bytes, mode, owner, user)?;
    }
    Ok(bytes)
}

/// Reads a passphrase: the first line of its file.
fn read_passphrase(path: &Path) -> Result<Passphrase, SetupError> {
    const VARIABLE: &str = "NORDNET_PASSPHRASE_FILE";
    let bytes = read_secret(VARIABLE, path)?;
    let mut lines = bytes.split(|byte| matches!(byte, b'\r' | b'\n'));
    match std::str::from_utf8(lines.next().unwrap_or_default()) {
        Ok(text) => Ok(Passphrase::new(text)),
        Err(_) => Err(file_error(
            VARIABLE,
            &std::io::ErrorKind::InvalidData.into(),
        )),
    }
}

fn file_error(variable: &'static str, error: &std::io::Error) -> SetupError {
    SetupError::File {
        variable,
        reason: error.to_string(),
    }
}

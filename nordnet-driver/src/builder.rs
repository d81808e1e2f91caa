//! Building a client: credentials, TLS, and what it may do.

use std::fmt;
use std::io;
use std::marker::PhantomData;
use std::sync::Arc;

use nordnet_proto::{
    ApiKey, BaseUrl, Challenge, ChallengeForm, Config, Credentials, Fingerprint, Intent,
    Passphrase, PrivateKey, ReadOnly, Server, Session, SetupError, Signature, Trading,
};
use rustls::ClientConfig;
use zeroize::Zeroizing;

use crate::Result;
use crate::client::Client;
use crate::hooks::{Journal, Signer};
use crate::io::{Connector, Io};
use crate::runtime::Runtime;
use crate::secret_file;
use crate::session::Driver;
use crate::settings::Settings;
use crate::task::run_blocking;
use crate::tls::Trust;
use crate::wire::Wire;

/// Builds a [`Client`].
///
/// An adapter makes one: `nordnet_tokio::builder` for a country or a simulator,
/// `nordnet_tokio::from_env` for the settings in the environment, and the same in
/// `nordnet_smol`.
///
/// ```
/// # use nordnet_driver::{ClientBuilder, Result};
/// # use nordnet_proto::{ApiKey, Passphrase};
/// # async fn f(builder: ClientBuilder, api_key: ApiKey, file: Vec<u8>) -> Result<()> {
/// // let builder = builder(Country::Sweden);
/// let passphrase = Passphrase::new("correct horse");
/// let nordnet = builder
///     .key_file(api_key, file, Some(passphrase))
///     .trading() // without it no order can be sent, by type
///     .login()
///     .await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "a builder does nothing before `login` or `open`"]
pub struct ClientBuilder<A = ReadOnly> {
    runtime: Arc<dyn Runtime>,
    config: Config,
    credentials: Source,
    trust: Trust,
    connector: Option<Connector>,
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

impl ClientBuilder {
    /// Begins a client on a runtime, for a country, or for a simulator by its
    /// [`BaseUrl`].
    pub fn new(runtime: impl Runtime, base_url: impl Into<BaseUrl>) -> Self {
        Self {
            runtime: Arc::new(runtime),
            config: Config::new(base_url),
            credentials: Source::Missing,
            trust: Trust::Mozilla,
            connector: None,
            signer: None,
            journal: None,
            access: PhantomData,
        }
    }

    /// Begins a client on a runtime with these settings; reads the files that they
    /// name.
    ///
    /// # Errors
    ///
    /// [`Error::Setup`](nordnet_proto::Error::Setup) names the file that cannot be
    /// used. A key file that others can read is refused, as OpenSSH does.
    pub fn from_settings(runtime: impl Runtime, settings: Settings) -> Result<Self> {
        let mut builder = Self::new(runtime, settings.base_url);
        let passphrase = settings.passphrase_file.as_deref();
        builder.credentials = Source::KeyFile {
            api_key: settings.api_key,
            file: secret_file::read_key(&settings.key_file)?,
            passphrase: passphrase.map(secret_file::read_passphrase).transpose()?,
        };
        if let Some(path) = &settings.ca_file {
            builder.trust = Trust::Own(secret_file::read_certificates(path)?);
        }
        Ok(builder)
    }

    /// Lets the client place, change and cancel orders: with real money, at
    /// the real Nordnet.
    pub fn trading(self) -> ClientBuilder<Trading> {
        ClientBuilder {
            runtime: self.runtime,
            config: self.config,
            credentials: self.credentials,
            trust: self.trust,
            connector: self.connector,
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

    /// Logs in with the text of a private key file. It is decrypted by
    /// [`login`](Self::login) or [`open`](Self::open), which takes seconds if the key
    /// has a passphrase.
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

    /// Logs in with a private key that is kept elsewhere, in an agent or in hardware:
    /// `sign` returns the raw Ed25519 signature of each challenge.
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
        self.signer = Some(Signer::new(sign));
        self
    }

    /// Records the intent of each order call before its first byte leaves. If
    /// `record` fails, the order is not sent.
    pub fn journal(
        mut self,
        record: impl Fn(&Intent) -> Result<(), String> + Send + Sync + 'static,
    ) -> Self {
        self.journal = Some(Journal::new(record));
        self.config.record_intents = true;
        self
    }

    /// Signs challenges of this form instead of hexadecimal digits and dashes. The
    /// error of a login that gets another challenge names its form; make sure first
    /// that Nordnet has changed its challenges, and nobody else has.
    pub fn allow_challenge(mut self, form: ChallengeForm) -> Self {
        self.config.challenge_form = form;
        self
    }

    /// Trusts the certificate authorities of a PEM text and no others, as a
    /// simulator needs it.
    pub fn trust_only(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.trust = Trust::Own(pem.into());
        self
    }

    /// Uses TLS settings of your own, with their crypto provider.
    pub fn tls(mut self, config: impl Into<Arc<ClientConfig>>) -> Self {
        self.trust = Trust::Settings(config.into());
        self
    }

    /// Opens connections with a function of your own in place of TCP and TLS, to a
    /// simulator in memory for example.
    ///
    /// It gets the host and the port, and returns a connection for the bytes inside of
    /// TLS. [`Server::encrypted`] says whether the server is meant to have TLS.
    pub fn connect_with<F, W>(
        mut self,
        connect: impl Fn(Server) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = io::Result<W>> + Send + 'static,
        W: Wire + 'static,
    {
        self.connector = Some(Arc::new(move |server| {
            let opening = connect(server);
            Box::pin(async { Ok(Box::new(opening.await?) as Box<dyn Wire>) })
        }));
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
    /// [`Error::Setup`](nordnet_proto::Error::Setup) if the settings, the key or the
    /// TLS settings cannot be used, [`Error::Login`](nordnet_proto::Error::Login) if
    /// there is no session.
    pub async fn login(self) -> Result<Client<A>> {
        let driver = self.start().await?;
        driver.log_in(None).await?;
        Ok(Client::new(driver))
    }

    /// Opens the credentials; the first call logs in.
    ///
    /// # Errors
    ///
    /// [`Error::Setup`](nordnet_proto::Error::Setup) if the settings, the key or the
    /// TLS settings cannot be used.
    pub async fn open(self) -> Result<Client<A>> {
        Ok(Client::new(self.start().await?))
    }

    async fn start(self) -> Result<Arc<Driver>> {
        let tls = self.trust.into_config()?;
        let credentials = match self.credentials {
            Source::Opened(credentials) => credentials,
            Source::KeyFile {
                api_key,
                file,
                passphrase,
            } => {
                let open = move || PrivateKey::open(&file, passphrase.as_ref());
                let key = run_blocking(&*self.runtime, open).await;
                let key = key.ok_or(SetupError::RuntimeIsGone)?;
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
        let io = Io::new(self.runtime, tls, self.connector, &self.config.limits);
        let session = Session::new(self.config, credentials, io.seed()?);
        Ok(Driver::start(io, session, self.signer, self.journal))
    }
}

impl<A> fmt::Debug for ClientBuilder<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("base_url", &self.config.base_url)
            .finish_non_exhaustive()
    }
}

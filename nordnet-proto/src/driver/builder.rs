//! Building a client: credentials, TLS, and what it may do.

use std::fmt;
use std::io;
use std::marker::PhantomData;
use std::path::Path;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::adapter::{Adapter, BoxFuture, FileContent, Trust};
use super::calls::Driver;
use super::client::Client;
use crate::config::Config;
use crate::country::BaseUrl;
use crate::credentials::{ApiKey, Credentials, Fingerprint, PrivateKey, Signature};
use crate::endpoint::{ReadOnly, Trading};
use crate::error::Error;
use crate::login::{Challenge, ChallengeForm};
use crate::order::Intent;
use crate::secret::Passphrase;
use crate::session::Session;
use crate::settings::{Settings, SetupError, check_secret_file};

/// Certificates need no more room than this.
const LARGEST_PEM: usize = 1 << 20;

/// Builds a [`Client`].
///
/// An adapter has it under its own name, for its own clients.
#[must_use = "a builder does nothing before `login` or `open`"]
pub struct ClientBuilder<R: Adapter, A = ReadOnly> {
    config: Config,
    credentials: Source,
    trust: Trust<R::Tls>,
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

impl<R: Adapter> ClientBuilder<R> {
    pub(super) fn new(base_url: BaseUrl) -> Self {
        Self {
            config: Config::new(base_url),
            credentials: Source::Missing,
            trust: Trust::Mozilla,
            signer: None,
            journal: None,
            access: PhantomData,
        }
    }

    pub(super) fn from_settings(settings: Settings) -> Result<Self, Error> {
        let mut builder = Self::new(settings.base_url);
        let file = read_secret::<R>("NORDNET_KEY_FILE", &settings.key_file)?;
        let passphrase = settings.passphrase_file.as_deref();
        builder.credentials = Source::KeyFile {
            api_key: settings.api_key,
            file,
            passphrase: passphrase.map(read_passphrase::<R>).transpose()?,
        };
        if let Some(path) = &settings.ca_file {
            let pem = read_file::<R>("NORDNET_CA_FILE", path, LARGEST_PEM)?;
            builder.trust = Trust::Own(pem.bytes.to_vec());
        }
        Ok(builder)
    }

    /// Lets the client place, change and cancel orders: with real money, at
    /// the real Nordnet.
    pub fn trading(self) -> ClientBuilder<R, Trading> {
        ClientBuilder {
            config: self.config,
            credentials: self.credentials,
            trust: self.trust,
            signer: self.signer,
            journal: self.journal,
            access: PhantomData,
        }
    }
}

impl<R: Adapter, A: 'static> ClientBuilder<R, A> {
    /// Logs in with credentials that are opened already.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Source::Opened(credentials);
        self
    }

    /// Logs in with the text of a private key file. It is opened when the
    /// client is, which takes seconds if it has a passphrase.
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
        self.signer = Some(Signer(Box::new(move |challenge| Box::pin(sign(challenge)))));
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

    /// Signs challenges of another form than hexadecimal digits and dashes. A
    /// login that meets one says which form it needs; make sure first that it is
    /// Nordnet that has changed its challenges.
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
    pub fn tls(mut self, config: R::Tls) -> Self {
        self.trust = Trust::Settings(config);
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
    pub fn login(self) -> R::Call<Result<Client<R, A>, Error>> {
        R::call(async move {
            let driver = self.start().await?;
            driver.log_in(None).await?;
            Ok(Client::new(driver))
        })
    }

    /// Opens the credentials; the first call logs in.
    ///
    /// # Errors
    ///
    /// [`Error::Setup`] if the settings, the key or the TLS settings are not
    /// right.
    pub fn open(self) -> R::Call<Result<Client<R, A>, Error>> {
        R::call(async move { Ok(Client::new(self.start().await?)) })
    }

    async fn start(self) -> Result<Arc<Driver<R>>, Error> {
        let adapter = R::new(self.trust, &self.config.limits)?;
        let credentials = match self.credentials {
            Source::Opened(credentials) => credentials,
            Source::KeyFile {
                api_key,
                file,
                passphrase,
            } => {
                let open = move || PrivateKey::open(&file, passphrase.as_ref());
                let key = adapter.run_blocking(open).await;
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
        let session = Session::new(self.config, credentials, adapter.seed()?);
        Ok(Driver::start(adapter, session, self.signer, self.journal))
    }
}

impl<R: Adapter, A> fmt::Debug for ClientBuilder<R, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("base_url", &self.config.base_url)
            .finish_non_exhaustive()
    }
}

type Sign = dyn Fn(Challenge) -> BoxFuture<Result<Signature, String>> + Send + Sync;

/// Asks whoever holds the private key.
pub(super) struct Signer(Box<Sign>);

impl Signer {
    pub(super) fn sign(&self, challenge: Challenge) -> BoxFuture<Result<Signature, String>> {
        (self.0)(challenge)
    }
}

type Record = dyn Fn(&Intent) -> Result<(), String> + Send + Sync;

/// Writes intents down.
#[derive(Clone)]
pub(super) struct Journal(Arc<Record>);

impl Journal {
    pub(super) fn record(&self, intent: &Intent) -> Result<(), String> {
        (self.0)(intent)
    }
}

/// Reads a file with a secret, unless others can read it too.
fn read_secret<R: Adapter>(
    variable: &'static str,
    path: &Path,
) -> Result<Zeroizing<Vec<u8>>, SetupError> {
    let file = read_file::<R>(variable, path, PrivateKey::MAX_FILE)?;
    if let Some((mode, owner, user)) = file.permissions {
        check_secret_file(path.into(), &file.bytes, mode, owner, user)?;
    }
    Ok(file.bytes)
}

/// Reads a passphrase: the first line of its file.
fn read_passphrase<R: Adapter>(path: &Path) -> Result<Passphrase, SetupError> {
    const VARIABLE: &str = "NORDNET_PASSPHRASE_FILE";
    let bytes = read_secret::<R>(VARIABLE, path)?;
    let mut lines = bytes.split(|byte| matches!(byte, b'\r' | b'\n'));
    match std::str::from_utf8(lines.next().unwrap_or_default()) {
        Ok("") => Err(unusable(VARIABLE, "its first line is empty")),
        Ok(text) => Ok(Passphrase::new(text)),
        Err(_) => Err(unusable(VARIABLE, "it is not a text in UTF-8")),
    }
}

/// Reads a file of at most so many bytes.
fn read_file<R: Adapter>(
    variable: &'static str,
    path: &Path,
    most: usize,
) -> Result<FileContent, SetupError> {
    // One byte more shows that there is more.
    let file = R::read_file(path, most + 1).map_err(|error| file_error(variable, &error))?;
    if file.bytes.is_empty() {
        return Err(unusable(variable, "it is empty"));
    }
    if file.bytes.len() > most {
        let reason = format!("it has more than {} KiB; is it the right one?", most >> 10);
        return Err(unusable(variable, &reason));
    }
    Ok(file)
}

/// What an error of the operating system stands for, and what to do.
fn file_error(variable: &'static str, error: &io::Error) -> SetupError {
    match error.kind() {
        io::ErrorKind::NotFound => unusable(
            variable,
            &format!("{error} (it holds the path of a file, and ~ is not expanded in it)"),
        ),
        io::ErrorKind::IsADirectory => unusable(variable, "it is a directory; name a file in it"),
        io::ErrorKind::InvalidInput => unusable(
            variable,
            "it is no regular file but a FIFO, a device or a socket; \
             write what it holds to a file, and name that",
        ),
        _ => unusable(variable, &error.to_string()),
    }
}

fn unusable(variable: &'static str, reason: &str) -> SetupError {
    SetupError::File {
        variable,
        reason: reason.into(),
    }
}

//! The builder, whose last step blocks.

use std::sync::Arc;

use nordnet_proto::{
    ApiKey, BaseUrl, Challenge, ChallengeForm, Config, Credentials, Fingerprint, Intent,
    Passphrase, ReadOnly, Signature, Trading,
};
use rustls::ClientConfig;

use super::client::Client;
use crate::executor::block_on;
use crate::runtime::Runtime;
use crate::{Result, Settings};

/// Builds a [`Client`].
///
/// `nordnet_blocking::builder` makes one for a country or a simulator,
/// `nordnet_blocking::from_env` for the settings in the environment.
///
/// ```
/// # use nordnet_driver::{Result, blocking::ClientBuilder};
/// # use nordnet_proto::{ApiKey, Passphrase};
/// # fn f(builder: ClientBuilder, api_key: ApiKey, file: Vec<u8>) -> Result<()> {
/// // let builder = builder(Country::Sweden);
/// let passphrase = Passphrase::new("correct horse");
/// let nordnet = builder
///     .key_file(api_key, file, Some(passphrase))
///     .trading() // without it no order can be sent, by type
///     .login()?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "a builder does nothing before `login` or `open`"]
pub struct ClientBuilder<A = ReadOnly> {
    builder: crate::ClientBuilder<A>,
}

impl ClientBuilder {
    /// Begins a client on a runtime, for a country, or for a simulator by its
    /// [`BaseUrl`].
    pub fn new(runtime: impl Runtime, base_url: impl Into<BaseUrl>) -> Self {
        crate::ClientBuilder::new(runtime, base_url).into()
    }

    /// Begins a client on a runtime with these settings; reads the files that they
    /// name.
    ///
    /// # Errors
    ///
    /// [`Error::Setup`](nordnet_proto::Error::Setup) names the file that cannot be
    /// used. A key file that others can read is refused, as OpenSSH does.
    pub fn from_settings(runtime: impl Runtime, settings: Settings) -> Result<Self> {
        crate::ClientBuilder::from_settings(runtime, settings).map(Self::from)
    }

    /// Lets the client place, change and cancel orders: with real money, at
    /// the real Nordnet.
    pub fn trading(self) -> ClientBuilder<Trading> {
        self.builder.trading().into()
    }
}

impl<A> ClientBuilder<A> {
    /// Logs in with credentials that are opened already.
    pub fn credentials(self, credentials: Credentials) -> Self {
        self.builder.credentials(credentials).into()
    }

    /// Logs in with the text of a private key file. It is decrypted by
    /// [`login`](Self::login) or [`open`](Self::open), which takes seconds if the key
    /// has a passphrase.
    pub fn key_file(
        self,
        api_key: ApiKey,
        file: impl Into<Vec<u8>>,
        passphrase: Option<Passphrase>,
    ) -> Self {
        self.builder.key_file(api_key, file, passphrase).into()
    }

    /// Logs in with a private key that is kept elsewhere, in an agent or in hardware:
    /// `sign` returns the raw Ed25519 signature of each challenge.
    ///
    /// It runs on a thread of its own and may block.
    pub fn signed_elsewhere(
        self,
        api_key: ApiKey,
        fingerprint: Fingerprint,
        sign: impl Fn(Challenge) -> Result<Signature, String> + Send + Sync + 'static,
    ) -> Self {
        let sign = move |challenge| std::future::ready(sign(challenge));
        self.builder
            .signed_elsewhere(api_key, fingerprint, sign)
            .into()
    }

    /// Records the intent of each order call before its first byte leaves. If
    /// `record` fails, the order is not sent.
    pub fn journal(
        self,
        record: impl Fn(&Intent) -> Result<(), String> + Send + Sync + 'static,
    ) -> Self {
        self.builder.journal(record).into()
    }

    /// Signs challenges of this form instead of hexadecimal digits and dashes. The
    /// error of a login that gets another challenge names its form; make sure first
    /// that Nordnet has changed its challenges, and nobody else has.
    pub fn allow_challenge(self, form: ChallengeForm) -> Self {
        self.builder.allow_challenge(form).into()
    }

    /// Trusts the certificate authorities of a PEM text and no others, as a
    /// simulator needs it.
    pub fn trust_only(self, pem: impl Into<Vec<u8>>) -> Self {
        self.builder.trust_only(pem).into()
    }

    /// Uses TLS settings of your own, with their crypto provider.
    pub fn tls(self, config: impl Into<Arc<ClientConfig>>) -> Self {
        self.builder.tls(config).into()
    }

    /// Changes the settings: language, limits, keep-alive.
    pub fn configure(self, change: impl FnOnce(&mut Config)) -> Self {
        self.builder.configure(change).into()
    }

    /// Opens the credentials and logs in.
    ///
    /// # Errors
    ///
    /// [`Error::Setup`](nordnet_proto::Error::Setup) if the settings, the key or the
    /// TLS settings cannot be used, [`Error::Login`](nordnet_proto::Error::Login) if
    /// there is no session.
    pub fn login(self) -> Result<Client<A>> {
        block_on(self.builder.login()).map(Client::from)
    }

    /// Opens the credentials; the first call logs in.
    ///
    /// # Errors
    ///
    /// [`Error::Setup`](nordnet_proto::Error::Setup) if the settings, the key or the
    /// TLS settings cannot be used.
    pub fn open(self) -> Result<Client<A>> {
        block_on(self.builder.open()).map(Client::from)
    }
}

/// The same builder, whose last step blocks.
impl<A> From<crate::ClientBuilder<A>> for ClientBuilder<A> {
    fn from(builder: crate::ClientBuilder<A>) -> Self {
        Self { builder }
    }
}

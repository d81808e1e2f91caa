//! What logs a customer in: the API key and the private key.

use std::fmt;

use ed25519_dalek::{Signer as _, SigningKey};
use ssh_key::private::{Ed25519Keypair, KeypairData};
use ssh_key::{HashAlg, Kdf};
use zeroize::Zeroizing;

use crate::secret::Passphrase;

/// `ssh-keygen -a 150` asks for 150 rounds, about two seconds; a hostile file
/// could ask for years.
const MAX_ROUNDS: u32 = 2_000;

/// The API key: the UUID on the customer's profile page, shown there once a
/// public key has been uploaded. It names the customer; it does not sign.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey(Zeroizing<String>);

/// A text that is not the API key it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ApiKeyError(());

impl ApiKey {
    /// Reads an API key: a UUID of 36 characters.
    ///
    /// # Errors
    ///
    /// [`ApiKeyError`] if the text is not a UUID.
    pub fn new(text: &str) -> Result<Self, ApiKeyError> {
        let text = text.trim();
        let is_uuid = text.len() == 36
            && text.bytes().enumerate().all(|(index, byte)| match index {
                8 | 13 | 18 | 23 => byte == b'-',
                _ => byte.is_ascii_hexdigit(),
            });
        is_uuid
            .then(|| Self(Zeroizing::new(text.into())))
            .ok_or(ApiKeyError(()))
    }

    /// The key itself. Do not log it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The last four characters, enough to tell two keys apart.
    #[must_use]
    pub fn ending(&self) -> &str {
        self.0.get(32..).unwrap_or_default()
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiKey(ends in {})", self.ending())
    }
}

impl fmt::Display for ApiKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "the API key is the UUID from your Nordnet profile page \
             (36 characters, such as 7b1e4a90-52c3-4a7f-9a53-0d6f2c8e1b35)",
        )
    }
}

impl std::error::Error for ApiKeyError {}

/// An opened Ed25519 private key, which signs the challenge of a login.
///
/// Wiped on drop. It is opened before a challenge is asked for, since a
/// challenge lives for 30 seconds only and a passphrase takes a few.
pub struct PrivateKey {
    signing: SigningKey,
    fingerprint: Fingerprint,
}

impl PrivateKey {
    /// A file of more bytes than this is no key file.
    pub const MAX_FILE: usize = 64 << 10;

    /// Opens a key file as `ssh-keygen -t ed25519 -a 150` writes it.
    ///
    /// With a passphrase this takes about a second for each hundred rounds,
    /// three times that without optimisation: keep it off an async executor.
    ///
    /// # Errors
    ///
    /// [`KeyError`] names the problem and the remedy.
    pub fn open(file: &[u8], passphrase: Option<&Passphrase>) -> Result<Self, KeyError> {
        let text = recognise(file)?;
        let key = ssh_key::PrivateKey::from_openssh(text).map_err(|error| malformed(&error))?;
        check_algorithm(key.algorithm().as_str())?;
        if !key.is_encrypted() {
            return Self::from_keypair(key.key_data());
        }
        match key.kdf() {
            Kdf::Bcrypt { rounds, .. } if *rounds > MAX_ROUNDS => {
                return Err(KeyError::TooManyRounds(*rounds));
            }
            _ => {}
        }
        let passphrase = passphrase.ok_or(KeyError::PassphraseNeeded)?;
        let opened = key
            .decrypt(passphrase.expose())
            .map_err(|error| match error {
                ssh_key::Error::Crypto => KeyError::WrongPassphrase,
                error => malformed(&error),
            })?;
        Self::from_keypair(opened.key_data())
    }

    /// The SHA-256 fingerprint of the public key, as `ssh-keygen -l` prints it.
    #[must_use]
    pub const fn fingerprint(&self) -> &Fingerprint {
        &self.fingerprint
    }

    /// The raw Ed25519 signature over a challenge.
    pub(crate) fn sign(&self, challenge: &[u8]) -> Signature {
        Signature(self.signing.sign(challenge).to_bytes())
    }

    fn from_keypair(pair: &KeypairData) -> Result<Self, KeyError> {
        let KeypairData::Ed25519(Ed25519Keypair { public, private }) = pair else {
            return Err(KeyError::Malformed("it holds no Ed25519 key".into()));
        };
        // Signing with a public half that is not the private key's own would
        // give the private key away, so it is derived and compared.
        let signing = SigningKey::from_bytes(private.as_ref());
        if signing.verifying_key().as_bytes() != public.as_ref() {
            return Err(KeyError::Malformed(
                "its two halves do not belong together".into(),
            ));
        }
        let public = ssh_key::public::KeyData::Ed25519(*public);
        Ok(Self {
            signing,
            fingerprint: Fingerprint(public.fingerprint(HashAlg::Sha256).to_string()),
        })
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey({})", self.fingerprint)
    }
}

/// Tells an OpenSSH private key from what people give instead of one.
fn recognise(file: &[u8]) -> Result<&str, KeyError> {
    if file.len() > PrivateKey::MAX_FILE {
        return Err(KeyError::NotOpenSsh("a file of more than 64 KiB"));
    }
    let text = std::str::from_utf8(file).map_err(|_| KeyError::NotOpenSsh("a binary file"))?;
    let text = text.trim();
    for (start, kind) in [
        ("-----BEGIN OPENSSH PRIVATE KEY-----", None),
        ("-----BEGIN RSA PRIVATE KEY-----", Some("an RSA key in PEM")),
        (
            "-----BEGIN EC PRIVATE KEY-----",
            Some("an ECDSA key in PEM"),
        ),
        ("-----BEGIN DSA PRIVATE KEY-----", Some("a DSA key in PEM")),
        ("-----BEGIN PRIVATE KEY-----", Some("a PKCS#8 key in PEM")),
        (
            "-----BEGIN ENCRYPTED PRIVATE KEY-----",
            Some("an encrypted PKCS#8 key in PEM"),
        ),
        ("-----BEGIN PUBLIC KEY-----", Some("a public key")),
        ("---- BEGIN SSH2 PUBLIC KEY", Some("a public key")),
        ("PuTTY-User-Key-File-", Some("a PuTTY key")),
        ("ssh-", Some("a public key (give the file without .pub)")),
        ("ecdsa-", Some("a public key (give the file without .pub)")),
        ("-----BEGIN", Some("some other PEM file")),
    ] {
        if text.starts_with(start) {
            return kind.map_or(Ok(text), |kind| Err(KeyError::NotOpenSsh(kind)));
        }
    }
    Err(KeyError::NotOpenSsh(if text.is_empty() {
        "an empty file"
    } else {
        "something else"
    }))
}

fn check_algorithm(algorithm: &str) -> Result<(), KeyError> {
    match algorithm {
        "ssh-ed25519" => Ok(()),
        other => Err(KeyError::NotEd25519(other.into())),
    }
}

fn malformed(error: &ssh_key::Error) -> KeyError {
    match error {
        ssh_key::Error::AlgorithmUnsupported { algorithm } => {
            KeyError::NotEd25519(algorithm.as_str().into())
        }
        error => KeyError::Malformed(error.to_string()),
    }
}

/// Why a private key cannot be used. `Display` names the remedy.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyError {
    /// The file is something else than an OpenSSH private key; what it is.
    NotOpenSsh(&'static str),
    /// The key is of another algorithm.
    NotEd25519(String),
    /// The file is damaged or cut short.
    Malformed(String),
    /// The key has a passphrase and none was given.
    PassphraseNeeded,
    /// The passphrase does not open the key.
    WrongPassphrase,
    /// Opening the key would take more rounds than are allowed.
    TooManyRounds(u32),
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MAKE: &str = "make a key with: ssh-keygen -t ed25519 -a 150";
        match self {
            Self::NotOpenSsh(found) => {
                write!(f, "expected an OpenSSH private key, found {found}; {MAKE}")
            }
            Self::NotEd25519(algorithm) => {
                write!(
                    f,
                    "Nordnet takes Ed25519 keys only, this one is {algorithm}; {MAKE}"
                )
            }
            Self::Malformed(reason) => write!(
                f,
                "the key file is damaged or cut short ({reason}); copy it again, or {MAKE}"
            ),
            Self::PassphraseNeeded => f.write_str(
                "the key file has a passphrase; give it, \
                 or name a file that holds it in NORDNET_PASSPHRASE_FILE",
            ),
            Self::WrongPassphrase => f.write_str(
                "the passphrase does not open the key file; check it with: ssh-keygen -y -f FILE",
            ),
            Self::TooManyRounds(rounds) => write!(
                f,
                "the key file asks for {rounds} rounds, more than {MAX_ROUNDS}; \
                 lower them with: ssh-keygen -p -a 150 -f FILE"
            ),
        }
    }
}

impl std::error::Error for KeyError {}

/// The SHA-256 fingerprint of a public key, such as `SHA256:kX3…`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// Wraps a fingerprint as `ssh-keygen -l` prints it.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A raw Ed25519 signature of 64 bytes.
///
/// It opens a session, so `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Signature([u8; 64]);

impl Signature {
    /// Wraps the 64 bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 64]) -> Self {
        Self(bytes)
    }

    /// The 64 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signature(redacted)")
    }
}

/// The API key and what signs for it.
#[derive(Debug)]
pub struct Credentials {
    pub(crate) api_key: ApiKey,
    pub(crate) signer: Signer,
}

/// Who signs challenges.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "there is one of it in a client")]
pub(crate) enum Signer {
    /// The core, with a key in memory.
    Key(PrivateKey),
    /// The driver, by [`LoginStep::Sign`](crate::LoginStep::Sign).
    Elsewhere(Fingerprint),
}

impl Credentials {
    /// An API key with the private key in memory: the core signs by itself.
    #[must_use]
    pub const fn new(api_key: ApiKey, key: PrivateKey) -> Self {
        Self {
            api_key,
            signer: Signer::Key(key),
        }
    }

    /// An API key whose private key lives elsewhere, in an agent or in
    /// hardware: each login asks the driver to sign.
    #[must_use]
    pub const fn signed_elsewhere(api_key: ApiKey, fingerprint: Fingerprint) -> Self {
        Self {
            api_key,
            signer: Signer::Elsewhere(fingerprint),
        }
    }

    /// The fingerprint of the key that signs.
    #[must_use]
    pub const fn fingerprint(&self) -> &Fingerprint {
        match &self.signer {
            Signer::Key(key) => key.fingerprint(),
            Signer::Elsewhere(fingerprint) => fingerprint,
        }
    }
}

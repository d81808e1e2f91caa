//! Opening a private key file.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer as _, SigningKey};
use ssh_key::private::{Ed25519Keypair, KeypairData};
use ssh_key::{HashAlg, Kdf};

use super::key_error::{KeyError, MAX_ROUNDS};
use super::{Fingerprint, Signature};
use crate::secret::Passphrase;

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
        let key = ssh_key::PrivateKey::from_openssh(text).map_err(|error| match error {
            ssh_key::Error::AlgorithmUnknown => other_algorithm(text),
            error => malformed(&error),
        })?;
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

/// Names the algorithm of a key that the parser was built without.
fn other_algorithm(text: &str) -> KeyError {
    algorithm_of(text).map_or_else(
        || malformed(&ssh_key::Error::AlgorithmUnknown),
        KeyError::NotEd25519,
    )
}

/// Reads as far as the name of the algorithm: behind a magic word come the
/// names of the cipher and of the key derivation with its options, the count
/// of keys, and the public key, which begins with the name.
fn algorithm_of(text: &str) -> Option<String> {
    let body: String = text.lines().filter(|line| !line.starts_with('-')).collect();
    let bytes = STANDARD.decode(body.replace('\r', "")).ok()?;
    let mut rest = bytes.strip_prefix(b"openssh-key-v1\0")?;
    for _ in 0..3 {
        (_, rest) = split_string(rest)?;
    }
    let (public_key, _) = split_string(rest.get(4..)?)?;
    let (algorithm, _) = split_string(public_key)?;
    let algorithm = std::str::from_utf8(algorithm).ok()?;
    let is_name = algorithm.bytes().all(|byte| byte.is_ascii_graphic());
    (is_name && (1..=64).contains(&algorithm.len())).then(|| algorithm.into())
}

/// Splits a string with its length in front off the bytes.
fn split_string(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)
}

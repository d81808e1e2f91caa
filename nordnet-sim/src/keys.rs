//! Ed25519 keys in the text forms of OpenSSH.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, SigningKey, VerifyingKey};

const KIND: &str = "ssh-ed25519";

/// A public key as a customer uploads it: `ssh-ed25519 AAAA... comment`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    /// Reads an OpenSSH public key line.
    ///
    /// # Errors
    ///
    /// [`KeyError`] if the line is not one of an Ed25519 key.
    pub fn from_openssh(line: &str) -> Result<Self, KeyError> {
        let mut words = line.split_whitespace();
        if words.next() != Some(KIND) {
            return Err(KeyError::Kind);
        }
        let blob = words
            .next()
            .and_then(|word| STANDARD.decode(word).ok())
            .ok_or(KeyError::Encoding)?;
        let (kind, rest) = take_string(&blob).ok_or(KeyError::Encoding)?;
        if kind != KIND.as_bytes() {
            return Err(KeyError::Kind);
        }
        let (point, rest) = take_string(rest).ok_or(KeyError::Encoding)?;
        let point: &[u8; 32] = point.try_into().map_err(|_| KeyError::Encoding)?;
        if !rest.is_empty() {
            return Err(KeyError::Encoding);
        }
        VerifyingKey::from_bytes(point)
            .map(Self)
            .map_err(|_| KeyError::Point)
    }

    /// Says whether `signature` is the base64 of this key's signature of `message`.
    pub(crate) fn verifies(&self, message: &[u8], signature: &str) -> bool {
        let Ok(bytes) = STANDARD.decode(signature) else {
            return false;
        };
        Signature::from_slice(&bytes)
            .is_ok_and(|signature| self.0.verify_strict(message, &signature).is_ok())
    }
}

/// Why a public key cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyError {
    /// It is of another kind than Ed25519.
    Kind,
    /// It is not the base64 of an OpenSSH public key.
    Encoding,
    /// Its 32 bytes are no point on the curve.
    Point,
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Kind => "the public key does not begin with ssh-ed25519",
            Self::Encoding => "the public key is not the base64 of an OpenSSH Ed25519 key",
            Self::Point => "the public key is no point on the curve",
        })
    }
}

impl std::error::Error for KeyError {}

/// A key pair, for clients that bring none of their own.
#[derive(Clone)]
pub struct KeyPair(SigningKey);

impl fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("KeyPair").field(&self.public()).finish()
    }
}

impl KeyPair {
    /// Makes the pair that belongs to 32 secret bytes.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// Returns the public half.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    /// Signs a login challenge: the standard base64 of the raw signature.
    #[must_use]
    pub fn sign(&self, challenge: &str) -> String {
        use ed25519_dalek::Signer;
        STANDARD.encode(self.0.sign(challenge.as_bytes()).to_bytes())
    }

    /// Returns the private key as OpenSSH writes it, without a passphrase.
    #[must_use]
    pub fn private_openssh(&self) -> String {
        let blob = public_blob(&self.0.verifying_key());
        let mut secret = Vec::new();
        // Two equal numbers, by which a reader sees that decryption worked.
        secret.extend_from_slice(&[0x4E, 0x4E, 0x53, 0x4D, 0x4E, 0x4E, 0x53, 0x4D]);
        secret.extend_from_slice(&blob);
        put_string(&mut secret, &self.0.to_keypair_bytes());
        put_string(&mut secret, b"nordnet-sim");
        let padding = (8 - secret.len() % 8) % 8;
        secret.extend((1..=8).take(padding));

        let mut file = b"openssh-key-v1\0".to_vec();
        put_string(&mut file, b"none");
        put_string(&mut file, b"none");
        put_string(&mut file, b"");
        file.extend_from_slice(&1_u32.to_be_bytes());
        put_string(&mut file, &blob);
        put_string(&mut file, &secret);
        pem("OPENSSH PRIVATE KEY", &file)
    }
}

fn public_blob(key: &VerifyingKey) -> Vec<u8> {
    let mut blob = Vec::new();
    put_string(&mut blob, KIND.as_bytes());
    put_string(&mut blob, key.as_bytes());
    blob
}

fn put_string(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(&(bytes.len() as u32).to_be_bytes());
    out.extend_from_slice(bytes);
}

fn take_string(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    rest.split_at_checked(u32::from_be_bytes(*length) as usize)
}

fn pem(label: &str, bytes: &[u8]) -> String {
    let encoded = STANDARD.encode(bytes);
    let mut text = format!("-----BEGIN {label}-----\n");
    let mut rest = encoded.as_str();
    while !rest.is_empty() {
        let (line, tail) = rest.split_at(rest.len().min(70));
        text.push_str(line);
        text.push('\n');
        rest = tail;
    }
    text + &format!("-----END {label}-----\n")
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{KIND} {}", STANDARD.encode(public_blob(&self.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_written_public_key_reads_back() {
        let pair = KeyPair::from_seed(&[7; 32]);
        let line = format!("{} someone@host\n", pair.public());
        assert_eq!(PublicKey::from_openssh(&line), Ok(pair.public()));
    }

    #[test]
    fn only_the_right_signature_of_the_right_text_verifies() {
        let pair = KeyPair::from_seed(&[7; 32]);
        let other = KeyPair::from_seed(&[8; 32]);
        assert!(
            pair.public()
                .verifies(b"challenge", &pair.sign("challenge"))
        );
        assert!(
            !pair
                .public()
                .verifies(b"challenge\n", &pair.sign("challenge"))
        );
        assert!(
            !pair
                .public()
                .verifies(b"challenge", &other.sign("challenge"))
        );
        assert!(!pair.public().verifies(b"challenge", "bm8gc2lnbmF0dXJl"));
        assert!(!pair.public().verifies(b"challenge", "%"));
    }

    #[test]
    fn says_what_is_wrong_with_a_key() {
        for (line, error) in [
            ("ssh-rsa AAAA", KeyError::Kind),
            ("ssh-ed25519", KeyError::Encoding),
            ("ssh-ed25519 ????", KeyError::Encoding),
            (
                "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA==",
                KeyError::Encoding,
            ),
        ] {
            assert_eq!(PublicKey::from_openssh(line), Err(error), "{line}");
        }
    }

    #[test]
    fn private_key_has_the_layout_of_openssh() {
        let text = KeyPair::from_seed(&[7; 32]).private_openssh();
        let body: String = text.lines().filter(|line| !line.starts_with('-')).collect();
        let bytes = STANDARD.decode(body).unwrap();
        assert!(
            bytes.starts_with(b"openssh-key-v1\0\0\0\0\x04none\0\0\0\x04none\0\0\0\0\0\0\0\x01")
        );
        let (_, secret) = take_string(&bytes[39..]).unwrap();
        let (secret, rest) = take_string(secret).unwrap();
        assert!(rest.is_empty() && secret.len() % 8 == 0);
        assert_eq!(secret[..4], secret[4..8]);
    }
}

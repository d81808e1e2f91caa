//! Why a private key cannot be used.

use std::fmt;

use crate::error_traits::error_traits;

/// `ssh-keygen -a 150` asks for 150 rounds, about two seconds; a hostile file
/// could ask for years.
pub(super) const MAX_ROUNDS: u32 = 2_000;

/// Why a private key cannot be used. `Display` names the remedy.
#[derive(Clone, PartialEq, Eq)]
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

error_traits!(KeyError);

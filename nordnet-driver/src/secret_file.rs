//! Reading the files that settings name: keys, passphrases, certificates.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

use nordnet_proto::{Passphrase, PrivateKey, SetupError};
use zeroize::Zeroizing;

/// The largest file of certificates, in bytes.
const LARGEST_PEM: usize = 1 << 20;

/// Reads a private key file.
pub(crate) fn read_key(path: &Path) -> Result<Zeroizing<Vec<u8>>, SetupError> {
    read_secret("NORDNET_KEY_FILE", path)
}

/// Reads a passphrase: the first line of its file.
pub(crate) fn read_passphrase(path: &Path) -> Result<Passphrase, SetupError> {
    const VARIABLE: &str = "NORDNET_PASSPHRASE_FILE";
    let bytes = read_secret(VARIABLE, path)?;
    let mut lines = bytes.split(|byte| matches!(byte, b'\r' | b'\n'));
    match std::str::from_utf8(lines.next().unwrap_or_default()) {
        Ok("") => Err(unusable(VARIABLE, "its first line is empty")),
        Ok(text) => Ok(Passphrase::new(text)),
        Err(_) => Err(unusable(VARIABLE, "it is not a text in UTF-8")),
    }
}

/// Reads the certificates of a simulator.
pub(crate) fn read_certificates(path: &Path) -> Result<Vec<u8>, SetupError> {
    let file = read_file("NORDNET_CA_FILE", path, LARGEST_PEM)?;
    Ok(file.bytes.to_vec())
}

/// Reads a file with a secret, unless others can read it too.
fn read_secret(variable: &'static str, path: &Path) -> Result<Zeroizing<Vec<u8>>, SetupError> {
    let file = read_file(variable, path, PrivateKey::MAX_FILE)?;
    if let Some(permissions) = file.permissions
        && permissions.expose(&file.bytes)
    {
        let (path, mode) = (path.into(), permissions.mode & 0o777);
        return Err(SetupError::Exposed { path, mode });
    }
    Ok(file.bytes)
}

struct Content {
    bytes: Zeroizing<Vec<u8>>,
    /// `None` where the system has none.
    permissions: Option<Permissions>,
}

/// Who can read an opened file.
struct Permissions {
    mode: u32,
    owner: u32,
    /// The user who reads it, if that is known.
    user: Option<u32>,
}

impl Permissions {
    #[cfg(unix)]
    fn of(metadata: &fs::Metadata) -> Option<Self> {
        use std::os::unix::fs::MetadataExt as _;
        Some(Self {
            mode: metadata.mode(),
            owner: metadata.uid(),
            // std has no `geteuid`. On Linux, this entry belongs to the user of the process.
            user: fs::metadata("/proc/self").ok().map(|entry| entry.uid()),
        })
    }

    #[cfg(not(unix))]
    fn of(_: &fs::Metadata) -> Option<Self> {
        None
    }

    /// Returns `true` if others can read this secret, as OpenSSH checks it. A file of
    /// another owner passes, because secrets that are mounted into a container often
    /// belong to root. If the user is not known, every file counts as the user's own.
    ///
    /// A public key passes too: [`PrivateKey::open`] says what is wrong with it.
    fn expose(&self, content: &[u8]) -> bool {
        let is_public = content.starts_with(b"ssh-") || content.starts_with(b"ecdsa-");
        let is_own = self.user.is_none_or(|user| user == self.owner);
        !is_public && is_own && self.mode & 0o077 != 0
    }
}

/// Reads a regular file of at most `most` bytes.
fn read_file(variable: &'static str, path: &Path, most: usize) -> Result<Content, SetupError> {
    // One byte more shows that there is more.
    let file = read_regular(path, most + 1).map_err(|error| file_error(variable, &error))?;
    if file.bytes.is_empty() {
        return Err(unusable(variable, "it is empty"));
    }
    if file.bytes.len() > most {
        let reason = format!("it has more than {} KiB; is it the right one?", most >> 10);
        return Err(unusable(variable, &reason));
    }
    Ok(file)
}

fn read_regular(path: &Path, most: usize) -> io::Result<Content> {
    // Before it is opened, because opening a FIFO waits for its other end, and again
    // once it is open, because it may have been replaced.
    check_regular(&fs::metadata(path)?)?;
    let mut file = File::open(path)?;
    let metadata = file.metadata()?;
    check_regular(&metadata)?;
    // Room for all of it at once: a buffer that grows leaves copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(most));
    (&mut file).take(most as u64).read_to_end(&mut bytes)?;
    let permissions = Permissions::of(&metadata);
    Ok(Content { bytes, permissions })
}

/// Refuses what is not a regular file: a directory, or a FIFO, a device or a socket,
/// which may never end.
fn check_regular(metadata: &fs::Metadata) -> io::Result<()> {
    if metadata.is_file() {
        Ok(())
    } else if metadata.is_dir() {
        Err(io::ErrorKind::IsADirectory.into())
    } else {
        Err(io::ErrorKind::InvalidInput.into())
    }
}

/// What an error of the operating system means, and what to do.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_exposed_as_openssh_checks_it() {
        let exposes = |mode, owner, user: Option<u32>, content: &[u8]| {
            let permissions = Permissions { mode, owner, user };
            permissions.expose(content)
        };
        let own = |mode| exposes(mode, 1000, Some(1000), b"secret");
        for mode in [0o100_600, 0o100_400] {
            assert!(!own(mode), "{mode:o}");
        }
        for mode in [0o100_640, 0o100_604, 0o100_601, 0o100_660, 0o100_644] {
            assert!(own(mode), "{mode:o}");
        }
        assert!(!exposes(0o100_644, 0, Some(1000), b"secret"));
        assert!(exposes(0o100_644, 0, None, b"secret"));
        assert!(!exposes(0o100_644, 0, None, b"ssh-ed25519 AAAA"));
    }
}

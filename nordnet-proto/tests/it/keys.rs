//! Key files as people have them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::VerifyingKey;

use nordnet_proto::{ApiKey, KeyError, Passphrase, PrivateKey};

pub(crate) const PLAIN: &[u8] = include_bytes!("../fixtures/keys/plain");
pub(crate) const PLAIN_PUBLIC: &str = include_str!("../fixtures/keys/plain.public");
const ENCRYPTED: &[u8] = include_bytes!("../fixtures/keys/encrypted");
const ENCRYPTED_PUBLIC: &str = include_str!("../fixtures/keys/encrypted.public");
const GCM: &[u8] = include_bytes!("../fixtures/keys/gcm");
const ROUNDS_150: &[u8] = include_bytes!("../fixtures/keys/rounds_150");
const ROUNDS_150_PUBLIC: &str = include_str!("../fixtures/keys/rounds_150.public");

/// The public key of a `.pub` line, read without the code under test.
pub(crate) fn public_key(line: &str) -> VerifyingKey {
    let blob = line.split(' ').nth(1).unwrap();
    let blob = STANDARD.decode(blob).unwrap();
    let prefix = b"\0\0\0\x0bssh-ed25519\0\0\0\x20";
    let point = blob.strip_prefix(prefix).unwrap();
    VerifyingKey::from_bytes(point.try_into().unwrap()).unwrap()
}

/// The fingerprint of a `.pub` line, read without the code under test.
fn fingerprint(line: &str) -> String {
    use sha2::Digest as _;
    let blob = STANDARD.decode(line.split(' ').nth(1).unwrap()).unwrap();
    let digest = STANDARD.encode(sha2::Sha256::digest(blob));
    format!("SHA256:{}", digest.trim_end_matches('='))
}

fn open(file: &[u8], passphrase: &str) -> Result<PrivateKey, KeyError> {
    PrivateKey::open(file, Some(&Passphrase::new(passphrase)))
}

fn error(file: &[u8]) -> KeyError {
    open(file, "secret").unwrap_err()
}

#[test]
fn keys_of_ssh_keygen_open() {
    for (key, public) in [
        (PrivateKey::open(PLAIN, None), PLAIN_PUBLIC),
        (open(PLAIN, "not needed"), PLAIN_PUBLIC),
        (open(ENCRYPTED, "secret"), ENCRYPTED_PUBLIC),
        (open(ROUNDS_150, "secret"), ROUNDS_150_PUBLIC),
    ] {
        assert_eq!(key.unwrap().fingerprint().to_string(), fingerprint(public));
    }
    assert!(open(GCM, "secret").is_ok(), "another cipher");
}

#[test]
fn line_ends_and_blank_lines_around_do_not_matter() {
    let text = std::str::from_utf8(PLAIN).unwrap();
    for variant in [
        text.replace('\n', "\r\n"),
        format!("\n\n{text}\n\n"),
        text.trim().to_owned(),
    ] {
        assert!(
            PrivateKey::open(variant.as_bytes(), None).is_ok(),
            "{variant:?}"
        );
    }
}

#[test]
fn a_passphrase_is_asked_for_and_checked() {
    assert_eq!(
        PrivateKey::open(ENCRYPTED, None).unwrap_err(),
        KeyError::PassphraseNeeded
    );
    for wrong in ["", "Secret", "secret "] {
        assert_eq!(
            open(ENCRYPTED, wrong).unwrap_err(),
            KeyError::WrongPassphrase,
            "{wrong:?}"
        );
        assert_eq!(
            open(GCM, wrong).unwrap_err(),
            KeyError::WrongPassphrase,
            "{wrong:?}"
        );
    }
}

/// The encrypted key with another count of rounds in its header.
fn with_rounds(rounds: u32) -> String {
    let text = std::str::from_utf8(ENCRYPTED).unwrap();
    let body: String = text.lines().filter(|line| !line.starts_with('-')).collect();
    let mut bytes = STANDARD.decode(body).unwrap();
    let bcrypt = bytes
        .windows(6)
        .position(|found| found == b"bcrypt")
        .unwrap();
    // After the name: the length of the options, of the salt, and the salt.
    let at = bcrypt + 6 + 4 + 4 + 16;
    assert_eq!(bytes[at..at + 4], 2_u32.to_be_bytes());
    bytes[at..at + 4].copy_from_slice(&rounds.to_be_bytes());
    let body = STANDARD.encode(bytes);
    let lines: Vec<_> = body
        .as_bytes()
        .chunks(70)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    format!(
        "-----BEGIN OPENSSH PRIVATE KEY-----\n{}\n-----END OPENSSH PRIVATE KEY-----\n",
        lines.join("\n")
    )
}

#[test]
fn a_file_cannot_ask_for_years_of_work() {
    assert!(
        open(with_rounds(2).as_bytes(), "secret").is_ok(),
        "the patch is right"
    );
    for rounds in [u32::MAX, 2_001] {
        let error = error(with_rounds(rounds).as_bytes());
        assert_eq!(error, KeyError::TooManyRounds(rounds));
        assert!(
            error.to_string().contains("ssh-keygen -p -a 150 -f FILE"),
            "{error}"
        );
    }
    assert!(open(with_rounds(0).as_bytes(), "secret").is_err());
}

#[test]
fn what_is_no_openssh_key_is_named() {
    let rsa_pem = include_bytes!("../fixtures/keys/rsa_pem");
    let pkcs8 = include_bytes!("../fixtures/keys/pkcs8.pem");
    let putty = b"PuTTY-User-Key-File-3: ssh-ed25519\r\nEncryption: none\r\n";
    for (file, found) in [
        (&rsa_pem[..], "an RSA key in PEM"),
        (pkcs8, "a PKCS#8 key in PEM"),
        (
            b"-----BEGIN ENCRYPTED PRIVATE KEY-----\n",
            "an encrypted PKCS#8 key in PEM",
        ),
        (b"-----BEGIN EC PRIVATE KEY-----\n", "an ECDSA key in PEM"),
        (b"-----BEGIN CERTIFICATE-----\n", "some other PEM file"),
        (putty, "a PuTTY key"),
        (
            PLAIN_PUBLIC.as_bytes(),
            "a public key (give the file without .pub)",
        ),
        (b"---- BEGIN SSH2 PUBLIC KEY ----\n", "a public key"),
        (b"", "an empty file"),
        (b" \r\n", "an empty file"),
        (b"7b1e4a90-52c3-4a7f-9a53-0d6f2c8e1b35", "something else"),
        (b"\xff\xfe-\0-\0", "a binary file"),
        (&[b'-'; 65_537], "a file of more than 64 KiB"),
    ] {
        let error = error(file);
        assert_eq!(error, KeyError::NotOpenSsh(found));
        let text = error.to_string();
        assert!(text.contains(found), "{text}");
        assert!(
            text.ends_with("make a key with: ssh-keygen -t ed25519 -a 150"),
            "{text}"
        );
    }
}

#[test]
fn keys_of_other_algorithms_are_named() {
    for (file, algorithm) in [
        (&include_bytes!("../fixtures/keys/rsa")[..], "ssh-rsa"),
        (include_bytes!("../fixtures/keys/rsa_encrypted"), "ssh-rsa"),
        (
            include_bytes!("../fixtures/keys/ecdsa"),
            "ecdsa-sha2-nistp256",
        ),
    ] {
        let error = error(file);
        assert_eq!(error, KeyError::NotEd25519(algorithm.into()));
        assert!(error.to_string().contains("ssh-keygen -t ed25519 -a 150"));
    }
}

#[test]
fn a_file_cut_short_anywhere_is_damaged() {
    let lines: Vec<_> = std::str::from_utf8(PLAIN).unwrap().lines().collect();
    for keep in 1..lines.len() {
        let error = error(lines[..keep].join("\n").as_bytes());
        assert!(
            matches!(error, KeyError::Malformed(_)),
            "{keep} lines: {error:?}"
        );
        assert!(error.to_string().contains("copy it again"), "{error}");
    }
    for keep in 36..PLAIN.len() - 2 {
        assert!(
            PrivateKey::open(&PLAIN[..keep], None).is_err(),
            "{keep} bytes"
        );
    }
}

#[test]
fn a_flipped_bit_never_gives_another_key() {
    let text = std::str::from_utf8(PLAIN).unwrap();
    let body: String = text.lines().filter(|line| !line.starts_with('-')).collect();
    let bytes = STANDARD.decode(body).unwrap();
    let right = fingerprint(PLAIN_PUBLIC);
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let body = STANDARD.encode(flipped);
        let lines: Vec<_> = body
            .as_bytes()
            .chunks(70)
            .map(|line| std::str::from_utf8(line).unwrap())
            .collect();
        let file = format!(
            "-----BEGIN OPENSSH PRIVATE KEY-----\n{}\n-----END OPENSSH PRIVATE KEY-----\n",
            lines.join("\n")
        );
        // Only the comment and the padding are of no matter.
        if let Ok(key) = PrivateKey::open(file.as_bytes(), None) {
            assert_eq!(key.fingerprint().to_string(), right, "bit {bit}");
        }
    }
}

#[test]
fn an_api_key_is_a_uuid() {
    let uuid = "7b1e4a90-52c3-4a7f-9a53-0d6f2c8e1b35";
    assert_eq!(ApiKey::new(&format!(" {uuid}\r\n")).unwrap().expose(), uuid);
    for text in [
        "",
        "7b1e4a90",
        &uuid.replace('-', "_"),
        &uuid.replace('b', "x"),
        &format!("{uuid}0"),
    ] {
        let error = ApiKey::new(text).unwrap_err().to_string();
        assert!(error.contains("your Nordnet profile page"), "{error}");
    }
}

//! Settings from the environment, and key files.

use std::fs;
use std::path::{Path, PathBuf};

use nordnet_sim::Server;
use nordnet_tokio::api::ListAccounts;
use nordnet_tokio::{Error, Settings, SetupError, from_settings};

/// A temporary folder, removed when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("nordnet-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, name: &str, text: &str, mode: u32) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, text).unwrap();
        set_mode(&path, mode);
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(not(unix))]
fn set_mode(_: &Path, _: u32) {}

fn settings(server: &Server, key: &Path, ca: &Path, passphrase: Option<&Path>) -> Settings {
    let text = |path: &Path| Some(path.to_str().unwrap().to_owned());
    Settings::from_vars(|name| match name {
        "NORDNET_BASE_URL" => Some(server.rest_url().into()),
        "NORDNET_API_KEY" => Some(server.api_key().into()),
        "NORDNET_KEY_FILE" => text(key),
        "NORDNET_CA_FILE" => text(ca),
        "NORDNET_PASSPHRASE_FILE" => passphrase.and_then(text),
        _ => None,
    })
    .unwrap()
}

#[tokio::test]
async fn logs_in_with_settings_from_the_environment() {
    let server = crate::support::server();
    let folder = Folder::new("plain");
    let key = folder.write("key", &server.private_key().unwrap(), 0o600);
    let ca = folder.write("ca.pem", server.ca_pem().unwrap(), 0o644);
    let builder = from_settings(settings(&server, &key, &ca, None)).unwrap();
    let nordnet = builder.login().await.unwrap();
    assert!(
        nordnet
            .send(ListAccounts::new())
            .await
            .unwrap()
            .preselected()
            .is_some()
    );
}

#[tokio::test]
async fn a_key_with_a_passphrase_logs_in() {
    const KEY: &str = include_str!("../../../nordnet-proto/tests/fixtures/keys/rounds_150");
    const PUB: &str = include_str!("../../../nordnet-proto/tests/fixtures/keys/rounds_150.public");
    let server = Server::builder().seed(2).public_key(PUB).start().unwrap();
    let folder = Folder::new("passphrase");
    let key = folder.write("key", KEY, 0o600);
    let passphrase = folder.write("passphrase", "secret\n", 0o600);
    let ca = folder.write("ca.pem", server.ca_pem().unwrap(), 0o644);
    let settings = settings(&server, &key, &ca, Some(&passphrase));
    let nordnet = from_settings(settings).unwrap().login().await.unwrap();
    assert!(
        nordnet
            .fingerprint()
            .unwrap()
            .to_string()
            .starts_with("SHA256:")
    );
}

#[cfg(unix)]
#[tokio::test]
async fn a_key_file_that_others_can_read_is_refused() {
    let server = crate::support::server();
    let folder = Folder::new("exposed");
    let key = folder.write("key", &server.private_key().unwrap(), 0o644);
    let ca = folder.write("ca.pem", server.ca_pem().unwrap(), 0o644);
    let error = from_settings(settings(&server, &key, &ca, None)).unwrap_err();
    assert!(
        matches!(error, Error::Setup(SetupError::Exposed { .. })),
        "{error}"
    );
    assert!(error.to_string().contains("chmod 600"), "{error}");
    assert!(server.control().audit().is_empty());
}

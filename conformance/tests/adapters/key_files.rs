//! What can be at the path of a key file, a passphrase file or a CA file.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use nordnet_driver::Settings;
use nordnet_proto::{Error, SetupError};
use nordnet_sim::KeyPair;

use crate::adapter::Adapter;

const KEY: &str = "NORDNET_KEY_FILE";
const PASSPHRASE: &str = "NORDNET_PASSPHRASE_FILE";
const CA: &str = "NORDNET_CA_FILE";

/// A folder of its own, which is deleted when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("nordnet-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// Writes a file with these permissions.
    fn write(&self, name: &str, content: &[u8], mode: u32) -> PathBuf {
        use std::os::unix::fs::PermissionsExt as _;
        let path = self.0.join(name);
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The error if a variable of the environment holds that path.
fn error(adapter: Adapter, good: &Path, variable: &'static str, path: &Path) -> String {
    let (good, path) = (good.to_owned(), path.to_owned());
    let (sender, receiver) = mpsc::channel();
    // On a thread of its own: opening a FIFO would block for ever.
    thread::spawn(move || {
        let text = |path: &Path| Some(path.to_str().unwrap().to_owned());
        let settings = Settings::from_vars(|name| match name {
            "NORDNET_BASE_URL" => Some("https://127.0.0.1:1".into()),
            "NORDNET_API_KEY" => Some("7b1e4a90-52c3-4a7f-9a53-0d6f2c8e1b35".into()),
            name if name == variable => text(&path),
            KEY => text(&good),
            _ => None,
        })
        .unwrap();
        let _ = sender.send(adapter.settings_error(settings));
    });
    match receiver.recv_timeout(Duration::from_secs(20)) {
        Ok(Some(Error::Setup(error @ SetupError::File { .. }))) => error.to_string(),
        Ok(other) => panic!("{variable}: {other:?}"),
        Err(_) => panic!("{variable}: reading never ends"),
    }
}

/// Tries everything that is not a file with a secret in it.
pub(crate) fn are_refused_unless_regular(adapter: Adapter) {
    let folder = Folder::new(adapter.package());
    let key = KeyPair::from_seed(&[7; 32]).private_openssh();
    let good = folder.write("key", key.as_bytes(), 0o600);
    let fifo = folder.0.join("fifo");
    assert!(
        Command::new("mkfifo")
            .arg(&fifo)
            .status()
            .unwrap()
            .success()
    );
    let link = folder.0.join("link");
    std::os::unix::fs::symlink("/dev/zero", &link).unwrap();
    let socket = folder.0.join("socket");
    let _socket = std::os::unix::net::UnixListener::bind(&socket).unwrap();

    let irregular = "it is no regular file but a FIFO, a device or a socket";
    for variable in [KEY, PASSPHRASE, CA] {
        let error = |path: &Path| error(adapter, &good, variable, path);
        for path in [&*fifo, Path::new("/dev/zero"), &link, &socket] {
            let text = error(path);
            assert!(
                text.contains(variable) && text.contains(irregular),
                "{text}"
            );
            assert!(!text.contains("chmod"), "{text}");
        }
        let text = error(&folder.0);
        assert!(
            text.ends_with("it is a directory; name a file in it"),
            "{text}"
        );
        let text = error(&folder.write("empty", b"", 0o644));
        assert!(text.ends_with("it is empty"), "{text}");
        let text = error(&folder.write("large", &vec![b'#'; (1 << 20) + 1], 0o644));
        assert!(text.ends_with(" KiB; is it the right one?"), "{text}");
        let text = error(&folder.0.join("nothing"));
        assert!(text.ends_with("~ is not expanded in it)"), "{text}");
    }
    for content in ["\nsecret\n", "\r\n"] {
        let text = error(
            adapter,
            &good,
            PASSPHRASE,
            &folder.write("pass", content.as_bytes(), 0o600),
        );
        assert!(text.ends_with("its first line is empty"), "{text}");
    }
    let text = error(
        adapter,
        &good,
        PASSPHRASE,
        &folder.write("pass", b"\xff\xfe", 0o600),
    );
    assert!(text.ends_with("it is not a text in UTF-8"), "{text}");
}

//! What stands at the path of a key file, a passphrase file or a CA file.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use nordnet_proto::driver::{Adapter, Client};
use nordnet_proto::{Error, Settings, SetupError};

const KEY: &str = "NORDNET_KEY_FILE";
const PASSPHRASE: &str = "NORDNET_PASSPHRASE_FILE";
const CA: &str = "NORDNET_CA_FILE";
const GOOD: &str = include_str!("../fixtures/keys/plain");

/// A folder of its own that goes when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("nordnet-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// A file that anybody can read, unless others may not.
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

/// What is said of a program whose variable names that path.
fn said<R: Adapter>(good: &Path, variable: &'static str, path: &Path) -> String {
    let (good, path) = (good.to_owned(), path.to_owned());
    let (sender, receiver) = mpsc::channel();
    // On a thread of its own: to open a FIFO would wait for ever.
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
        let _ = sender.send(Client::<R>::from_settings(settings).err());
    });
    match receiver.recv_timeout(Duration::from_secs(20)) {
        Ok(Some(Error::Setup(error @ SetupError::File { .. }))) => error.to_string(),
        Ok(other) => panic!("{variable}: {other:?}"),
        Err(_) => panic!("{variable}: reading never ends"),
    }
}

/// Tries everything that is no file with a secret in it.
pub(crate) fn are_refused_unless_regular<R: Adapter>() {
    let folder = Folder::new("irregular");
    let good = folder.write("key", GOOD.as_bytes(), 0o600);
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
        let said = |path: &Path| said::<R>(&good, variable, path);
        for path in [&*fifo, Path::new("/dev/zero"), &link, &socket] {
            let text = said(path);
            assert!(
                text.contains(variable) && text.contains(irregular),
                "{text}"
            );
            assert!(!text.contains("chmod"), "{text}");
        }
        let text = said(&folder.0);
        assert!(
            text.ends_with("it is a directory; name a file in it"),
            "{text}"
        );
        let text = said(&folder.write("empty", b"", 0o644));
        assert!(text.ends_with("it is empty"), "{text}");
        let text = said(&folder.write("large", &vec![b'#'; (1 << 20) + 1], 0o644));
        assert!(text.ends_with(" KiB; is it the right one?"), "{text}");
        let text = said(&folder.0.join("nothing"));
        assert!(text.ends_with("~ is not expanded in it)"), "{text}");
    }
    for content in ["\nsecret\n", "\r\n"] {
        let text = said::<R>(
            &good,
            PASSPHRASE,
            &folder.write("pass", content.as_bytes(), 0o600),
        );
        assert!(text.ends_with("its first line is empty"), "{text}");
    }
    let text = said::<R>(&good, PASSPHRASE, &folder.write("pass", b"\xff\xfe", 0o600));
    assert!(text.ends_with("it is not a text in UTF-8"), "{text}");
}

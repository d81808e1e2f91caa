//! The core does no input or output, and depends on nothing that does.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The most crates that a program gets with the core.
const MOST_CRATES: usize = 56;

/// What reads a clock, a file, the environment or the network by itself, and what
/// belongs to tasks and threads.
const IMPURE: [&str; 19] = [
    "Instant::now",
    "SystemTime::now",
    ".elapsed()",
    "std::net::Tcp",
    "std::net::Udp",
    "net::TcpStream",
    "std::fs",
    "std::env::",
    "std::thread",
    "std::process",
    "thread::spawn",
    "getrandom",
    "Mutex",
    "RwLock",
    "Condvar",
    "Waker",
    "task::Poll",
    "impl Future",
    "async ",
];

/// What `cargo tree` says for this machine.
fn tree(arguments: &str) -> String {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--prefix", "none", "--format", "{p}"])
        .args(arguments.split(' '))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    String::from_utf8(output.stdout).unwrap()
}

/// The crates that a user of the core compiles for this machine, each with its
/// version.
fn normal_dependencies() -> BTreeSet<String> {
    let text = tree("--package nordnet-proto --edges normal");
    let mut crates: BTreeSet<_> = text.lines().map(name_and_version).collect();
    assert!(crates.remove(&name_and_version(concat!(
        "nordnet-proto v",
        env!("CARGO_PKG_VERSION")
    ))));
    crates
}

fn name_and_version(line: &str) -> String {
    line.split(' ').take(2).collect::<Vec<_>>().join(" ")
}

#[test]
fn depends_on_nothing_that_does_input_or_output() {
    let dependencies = normal_dependencies();
    for dependency in &dependencies {
        let name = dependency.split(' ').next().unwrap();
        let banned = [
            "tokio",
            "hyper",
            "rustls",
            "smol",
            "mio",
            "rand",
            "socket2",
            "getrandom",
            "reqwest",
            "ureq",
            "ring",
            "log",
            "tracing",
        ];
        assert!(
            !banned.contains(&name) && !name.starts_with("async-"),
            "{name}"
        );
    }
    assert!(
        dependencies.len() <= MOST_CRATES,
        "{}: {dependencies:#?}",
        dependencies.len()
    );
}

/// A feature of the core adds conversions and nothing else.
#[test]
#[expect(clippy::disallowed_methods, reason = "a test reads the settings")]
fn has_no_feature_but_conversions() {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let manifest = std::fs::read_to_string(manifest).unwrap();
    let features = manifest.split("[features]").nth(1).unwrap();
    let features = features.split("\n[").next().unwrap().lines();
    let names: Vec<_> = features
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(" = "))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(names, ["rust_decimal"]);
}

/// A program with the blocking adapter has no runtime, whatever its features are.
#[test]
fn the_blocking_adapter_needs_no_runtime() {
    let text = tree("--package nordnet-blocking --all-features --edges normal");
    let mut names = text.lines().filter_map(|line| line.split(' ').next());
    let runtime = names.find(|name| ["tokio", "smol", "hyper", "mio"].contains(name));
    assert_eq!(runtime, None);
}

/// `cargo deny` says the same, but is not installed everywhere.
#[test]
#[expect(clippy::disallowed_methods, reason = "a test reads the settings")]
fn only_those_depend_on_tokio_who_are_allowed_to() {
    let settings = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deny.toml");
    let settings = std::fs::read_to_string(settings).unwrap();
    let mut lines = settings.lines();
    let allowed = lines
        .find(|line| line.contains(r#"name = "tokio""#))
        .unwrap();
    let text = tree("--workspace --all-features --edges normal,dev,build --invert tokio --depth 1");
    for line in text.lines().skip(1).filter(|line| !line.is_empty()) {
        let name = line.split(' ').next().unwrap();
        assert!(
            allowed.contains(&format!("\"{name}\"")),
            "{name}: {allowed}"
        );
    }
}

#[expect(clippy::disallowed_methods, reason = "a test reads the sources")]
pub(crate) fn sources(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
}

#[test]
fn reads_no_clock_no_file_no_environment_and_no_network() {
    let mut files = Vec::new();
    sources(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut files,
    );
    assert!(files.len() > 40);
    for (path, text) in &files {
        if path.file_name().is_some_and(|name| name == "tests.rs") {
            continue;
        }
        let code = text.split("#[cfg(test)]").next().unwrap();
        for (number, line) in code.lines().enumerate() {
            let line = line.trim_start();
            let is_comment = line.starts_with("//");
            for word in IMPURE {
                let at = number + 1;
                assert!(
                    is_comment || !line.contains(word),
                    "{}:{at}: {line}",
                    path.display()
                );
            }
        }
    }
}

#[test]
fn no_file_grows_beyond_four_hundred_lines() {
    let mut files = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    sources(&root.join("src"), &mut files);
    sources(&root.join("tests"), &mut files);
    for (path, text) in &files {
        assert!(text.lines().count() <= 400, "{}", path.display());
    }
}

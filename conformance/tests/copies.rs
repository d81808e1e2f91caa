//! What adapters have word for word alike, since the core has neither rustls nor
//! files, stays alike.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::Path;

const ALL: [&str; 3] = ["tokio", "smol", "blocking"];
const ASYNC: [&str; 2] = ["tokio", "smol"];

#[test]
fn certificates_are_judged_alike() {
    for function in ["tls_cause", "tls_config", "own_roots"] {
        alike(&ALL, "net.rs", function);
    }
}

#[test]
fn key_files_are_read_alike() {
    alike(&ALL, "client.rs", "read_file");
}

#[test]
fn feeds_are_named_alike() {
    let [tokio, smol] = ASYNC.map(|adapter| source(adapter, "feed.rs"));
    assert_eq!(
        tokio.replace("Tokio", "Smol").replace("tokio", "smol"),
        smol
    );
}

fn alike(adapters: &[&str], file: &str, name: &str) {
    let function = |adapter| {
        let source = source(adapter, file);
        let found = function(&source, name);
        found
            .unwrap_or_else(|| panic!("no {name} in {file} of {adapter}"))
            .to_owned()
    };
    let (first, others) = adapters.split_first().unwrap();
    for other in others {
        assert_eq!(
            function(first),
            function(other),
            "{name} of {first} and of {other}"
        );
    }
}

fn source(adapter: &str, file: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let path = root.join(format!("nordnet-{adapter}/src/{file}"));
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A function with the comments above it, as rustfmt has laid it out: it ends
/// with the first brace that stands where it begins.
fn function<'a>(source: &'a str, name: &str) -> Option<&'a str> {
    let head = format!("fn {name}(");
    let named = source.find(&head)?;
    let begin = source.get(..named)?.rfind("\n\n")? + 2;
    let line = source.get(source.get(..named)?.rfind('\n')? + 1..)?;
    let indent = line.len() - line.trim_start().len();
    let end = format!("\n{}}}\n", " ".repeat(indent));
    let length = source.get(named..)?.find(&end)? + end.len();
    source.get(begin..named + length)
}

#[test]
fn a_function_is_found_from_its_comments_to_its_brace() {
    let source = "use a;\n\n/// Says.\nfn one() {\n    if x {\n    }\n}\n\nimpl B {\n\n    fn two() {\n        y\n    }\n}\n";
    let one = "/// Says.\nfn one() {\n    if x {\n    }\n}\n";
    assert_eq!(function(source, "one"), Some(one));
    assert_eq!(
        function(source, "two"),
        Some("    fn two() {\n        y\n    }\n")
    );
    assert_eq!(function(source, "three"), None);
}

//! What comes with the crate.

use std::collections::BTreeSet;
use std::process::Command;

/// Of the crates that a user builds.
const MOST: usize = 70;

#[test]
fn there_is_no_async_runtime_and_little_else_in_the_tree() {
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--locked", "-e", "normal"])
        .args(["-p", "nordnet-blocking", "--prefix", "none"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(tree.status.success(), "{tree:?}");
    let tree = String::from_utf8(tree.stdout).unwrap();
    let crates: BTreeSet<_> = tree
        .lines()
        .map(|line| line.trim_end_matches(" (*)"))
        .collect();
    assert!((40..=MOST).contains(&crates.len()), "{}", crates.len());
    for name in crates.iter().filter_map(|line| line.split(' ').next()) {
        let runtime = [
            "tokio",
            "smol",
            "mio",
            "polling",
            "hyper",
            "async-",
            "futures-util",
        ]
        .into_iter()
        .any(|runtime| name == runtime || name.starts_with("async-"));
        // The one letter of its name apart, it has nothing to do with them.
        assert!(!runtime || name == "smol_str", "{name}");
    }
}

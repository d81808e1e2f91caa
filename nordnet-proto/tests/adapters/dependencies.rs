//! What comes with an adapter.

use std::collections::BTreeSet;
use std::process::Command;

/// Of the crates that a user builds with an adapter there are no more than so
/// many, and none whose name is one of these or begins with one that ends in `*`.
pub(crate) fn are_few(most: usize, none_of: &[&str]) {
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--locked", "-e", "normal"])
        .args(["-p", env!("CARGO_PKG_NAME"), "--prefix", "none"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(tree.status.success(), "{tree:?}");
    let tree = String::from_utf8(tree.stdout).unwrap();
    let crates: BTreeSet<_> = tree
        .lines()
        .map(|line| line.trim_end_matches(" (*)"))
        .collect();
    assert!((40..=most).contains(&crates.len()), "{}", crates.len());
    for name in crates.iter().filter_map(|line| line.split(' ').next()) {
        let banned = none_of.iter().any(|banned| match banned.strip_suffix('*') {
            Some(beginning) => name.starts_with(beginning),
            None => name == *banned,
        });
        assert!(!banned, "{name}");
    }
}

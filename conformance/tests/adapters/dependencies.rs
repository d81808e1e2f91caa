//! The crates that come with an adapter.

use std::collections::BTreeSet;
use std::process::Command;

use crate::adapter::Adapter;

/// The most crates that a user builds with an adapter, apart from those of this
/// workspace, and the names that are not among them; one that ends in `*` is the
/// beginning of several.
const fn limits(adapter: Adapter) -> (usize, &'static [&'static str]) {
    match adapter {
        Adapter::Tokio => (80, &["smol", "async-*", "polling", "reqwest", "h2"]),
        Adapter::Smol => (103, &["mio", "tokio*", "hyper*", "reqwest", "h2"]),
        Adapter::Blocking => (
            66,
            &[
                "tokio*",
                "smol",
                "mio",
                "polling",
                "hyper*",
                "async-*",
                "futures-util",
            ],
        ),
    }
}

pub(crate) fn are_few_and_without_another_runtime(adapter: Adapter) {
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--locked", "-e", "normal"])
        .args(["-p", adapter.package(), "--prefix", "none"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(tree.status.success(), "{tree:?}");
    let tree = String::from_utf8(tree.stdout).unwrap();
    let crates: BTreeSet<_> = tree
        .lines()
        .map(|line| line.trim_end_matches(" (*)"))
        .filter(|line| !line.starts_with("nordnet-"))
        .collect();
    let (most, banned) = limits(adapter);
    assert!((40..=most).contains(&crates.len()), "{}", crates.len());
    for name in crates.iter().filter_map(|line| line.split(' ').next()) {
        let is_banned = banned.iter().any(|banned| match banned.strip_suffix('*') {
            Some(beginning) => name.starts_with(beginning),
            None => name == *banned,
        });
        assert!(!is_banned, "{name}");
    }
}

//! The patches of `fuzz/planted.sh`, as far as they can be checked without a build.

use std::path::Path;
use std::process::Command;

#[test]
fn every_planted_bug_still_applies() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    if Command::new("git").arg("--version").output().is_err() {
        eprintln!("skipped: there is no git to check the patches with");
        return;
    }
    let mut count = 0;
    for entry in root.join("fuzz/planted").read_dir().unwrap() {
        let patch = entry.unwrap().path();
        let check = Command::new("git")
            .args(["apply", "--check"])
            .arg(&patch)
            .current_dir(root)
            // Should the workspace be part of a larger repository, git would pass
            // over patches of files that are not below its top.
            .env("GIT_CEILING_DIRECTORIES", root.parent().unwrap_or(root))
            .output()
            .unwrap();
        let why = String::from_utf8_lossy(&check.stderr);
        assert!(check.status.success(), "{}: {why}", patch.display());
        count += 1;
    }
    assert!(count > 20, "{count} patches");
}

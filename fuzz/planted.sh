#!/usr/bin/env bash
# Applies one patch of `fuzz/planted` after the other to a copy of the workspace,
# and lets the simulation look for the bug, 10,000 lives at most. Prints at which
# life each was found; fails if a patch does not apply or a bug was not found.
#
#     fuzz/planted.sh [NAME...]
set -euo pipefail
cd "$(dirname "$0")/.."

lives=${LIVES:-10000}
target=${CARGO_TARGET_DIR:-$PWD/target}/planted
copy=$target/workspace
names=("$@")
if [ ${#names[@]} = 0 ]; then
    names=(none)
    for patch in fuzz/planted/*.patch; do
        names+=("$(basename "$patch" .patch)")
    done
fi

# Always at the same path, so that the dependencies are built once; and new, so
# that nothing of an earlier patch is left.
rm -rf "$copy"
mkdir -p "$copy"
git ls-files -z --cached --others --exclude-standard | while IFS= read -rd '' file; do
    if [ -f "$file" ]; then printf '%s\0' "$file"; fi
done | tar --null -T - -cf - | tar -xmf - -C "$copy"
# The copy is no part of the repository around it.
export GIT_CEILING_DIRECTORIES=$target
# Quick builds, and arithmetic that is checked. A bug may leave something unused.
export CARGO_INCREMENTAL=1
export CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16
export CARGO_PROFILE_RELEASE_OVERFLOW_CHECKS=true CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS=true
export RUSTFLAGS="${RUSTFLAGS:-} -A warnings"

failed=0
fail() {
    printf '%-24s %10s  %s\n' "$1" - "$2"
    failed=1
}
# Applies a patch to the copy; `-R` takes it out again.
patch_copy() {
    git -C "$copy" apply "${@:2}" - <"fuzz/planted/$1.patch"
}

printf '%-24s %10s  %s\n' bug 'at life' promise
for bug in "${names[@]}"; do
    if [ "$bug" != none ] && ! patch_copy "$bug"; then
        fail "$bug" 'the patch does not apply'
        continue
    fi
    if ! cargo build --quiet --release --manifest-path "$copy/Cargo.toml" \
        --target-dir "$target/build" -p nordnet-fuzz --bin lives; then
        fail "$bug" 'it does not compile'
    elif found=$("$target/build/release/lives" --seeds "0..$lives" 2>&1); then
        if [ "$bug" = none ]; then
            printf '%-24s %10s\n' "$bug" -
        else
            fail "$bug" 'not found'
        fi
    else
        life=$(sed -n 's/^first broken promise: seed //p' <<<"$found")
        promise=$(tail -n 2 <<<"$found" | head -n 1 | cut -c 1-90)
        printf '%-24s %10s  %s\n' "$bug" "$life" "$promise"
        if [ "$bug" = none ] || [ -z "$life" ]; then failed=1; fi
    fi
    if [ "$bug" != none ]; then patch_copy "$bug" -R; fi
done
exit "$failed"

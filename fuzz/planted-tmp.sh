#!/usr/bin/env bash
# Plants one bug after the other in the feed and lets the simulation look for
# it, 10,000 lives at most. Prints at which life each was found; fails if one
# was not.
set -euo pipefail
cd "$(dirname "$0")/.."

lives=${LIVES:-10000}
target=${CARGO_TARGET_DIR:-target/planted}
bugs="first_message_lost live_not_told live_twice refused_at_once rejected_early retried_for_ever full_not_marked resend_lost"
wrappers=$(mktemp -d)
trap 'rm -rf "$wrappers"' EXIT
# Quick builds, and arithmetic that is checked.
export CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16
export CARGO_PROFILE_RELEASE_OVERFLOW_CHECKS=true CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS=true

missed=0
printf '%-24s %10s  %s\n' bug 'at life' promise
for bug in none $bugs; do
    # A wrapper adds the flag to the crates of the workspace only, so that
    # their dependencies are built once.
    printf '#!/bin/sh\nexec "$@" --cfg '\''planted="%s"'\''\n' "$bug" >"$wrappers/$bug"
    chmod +x "$wrappers/$bug"
    RUSTC_WORKSPACE_WRAPPER="$wrappers/$bug" \
        flock /tmp/build.lock nice cargo build --quiet --release --target-dir "$target" -p nordnet-fuzz --bin lives
    if found=$("$target/release/lives" --seeds "0..$lives" 2>&1); then
        printf '%-24s %10s\n' "$bug" -
        [ "$bug" = none ] || missed=$((missed + 1))
    else
        [ "$bug" = none ] && missed=$((missed + 1))
        life=$(sed -n 's/^first broken promise: seed //p' <<<"$found")
        promise=$(tail -n 2 <<<"$found" | head -n 1 | cut -c 1-90)
        printf '%-24s %10s  %s\n' "$bug" "$life" "$promise"
    fi
done
exit "$((missed > 0))"

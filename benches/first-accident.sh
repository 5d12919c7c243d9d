#!/usr/bin/env bash
# Measures the learner's first wait, each from a clean clone of the last commit with nothing built: to the accident
# of `cargo run`, and to the red report of `cargo test -p ch03`. What has to be downloaded is downloaded before.
# The machine should have nothing else to do.
#
#   benches/first-accident.sh
set -euo pipefail
cd "$(dirname "$0")/.."
unset CARGO_TARGET_DIR

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
[ -z "$(git status --porcelain)" ] || echo "what is not committed is not measured" >&2

measure() { # what is wanted (in seconds), what its output has to show, the command
    local wanted=$1 shows=$2
    shift 2
    rm -rf "$scratch/clone"
    git clone -q . "$scratch/clone"
    (cd "$scratch/clone" && cargo fetch -q --locked)
    local begin=$EPOCHREALTIME
    # Red, as it should be.
    (cd "$scratch/clone" && "$@" >"$scratch/out" 2>"$scratch/err" </dev/null) || true
    local end=$EPOCHREALTIME
    if ! grep -q "$shows" "$scratch/out"; then
        tail -n 20 "$scratch/err" "$scratch/out" >&2
        echo "$* shows no accident" >&2
        exit 1
    fi
    awk -v a="${begin/,/.}" -v b="${end/,/.}" -v wanted="$wanted" -v what="$*" \
        'BEGIN { printf "%-22s %5.1f s (wanted on two idle cores: %d s or less)\n", what, b - a, wanted }'
}

measure 50 '^ACCIDENT' cargo run
measure 60 '^ACCIDENT' cargo test -p ch03

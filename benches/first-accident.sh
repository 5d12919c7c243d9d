#!/usr/bin/env bash
# Measures the learner's first wait, each from a clean clone of the last commit with nothing built: to the accident
# of `cargo run`, and to the red report of `cargo test -p ch03`; and, as what no course can be faster than, a build of what
# `cargo run` takes from others, alone. What has to be downloaded is downloaded before.
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
    took=$(awk -v a="${begin/,/.}" -v b="${end/,/.}" 'BEGIN { printf "%.1f", b - a }')
    printf '%-22s %5s s (wanted on two idle cores: %d s or less)\n' "$*" "$took" "$wanted"
}

# The same dependencies, with the same features and in the same profile, and nobody who uses them.
others_alone() {
    local alone="$scratch/alone"
    mkdir -p "$alone/src"
    {
        printf '[package]\nname = "alone"\nversion = "0.1.0"\nedition = "2024"\n\n[dependencies]\n'
        # What is of this repository, or only for tests, is left out.
        sed -n '/^\[workspace.dependencies\]/,/^$/p; /^\[dependencies\]/,/^$/p' Cargo.toml |
            grep -E '^[a-z_]+ = ' | grep -vE 'path = |workspace = true|^roxmltree'
        printf '\n[workspace]\n\n'
        sed -n '/^\[profile/,$p' Cargo.toml | sed -E '/(saga-lab|course|picture|outcomes)]/,/^$/d'
    } >"$alone/Cargo.toml"
    cp Cargo.lock "$alone/Cargo.lock"
    touch "$alone/src/lib.rs"
    (cd "$alone" && cargo fetch -q)
    local begin=$EPOCHREALTIME
    (cd "$alone" && cargo build -q)
    local end=$EPOCHREALTIME
    alone_took=$(awk -v a="${begin/,/.}" -v b="${end/,/.}" 'BEGIN { printf "%.1f", b - a }')
    printf '%-22s %5s s\n' "what is others', alone" "$alone_took"
}

measure 50 '^ACCIDENT' cargo run
run_took=$took
others_alone
awk -v a="$run_took" -v b="$alone_took" 'BEGIN { printf "ratio %.2f (wanted: 1.25 or less)\n", a / b }'
measure 60 '^ACCIDENT' cargo test -p ch03

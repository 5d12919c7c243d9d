#!/usr/bin/env bash
# Measures the learner's loop: edit, `cargo test -p ch03`, verdict. Beside it stands the same edit in a crate
# with the same dependencies and one test that does nothing. Best of so many rounds each, in turns.
#
#   benches/learner-loop.sh [rounds]
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-7}
exercise=chapters/ch03_timeout/src/exercise.rs

scratch=$(mktemp -d)
saved="$scratch/exercise.rs"
cp "$exercise" "$saved"
# Whatever happens, the learner's file is as it was.
trap 'cp "$saved" "$exercise"; rm -rf "$scratch"' EXIT

empty="$scratch/empty"
mkdir -p "$empty/src" "$empty/tests"
cat >"$empty/Cargo.toml" <<TOML
[package]
name = "empty"
version = "0.1.0"
edition = "2024"

[lib]
test = false
doctest = false

[dependencies]
lab = { package = "saga-lab", path = "$PWD/src/lab" }
tokio = { version = "1.54", default-features = false, features = ["rt", "time", "sync", "macros", "test-util"] }

[workspace]
TOML
sed -n '/^\[profile/,$p' Cargo.toml >>"$empty/Cargo.toml"
cp Cargo.lock "$empty/Cargo.lock"
cp "$saved" "$empty/src/exercise.rs"
cat >"$empty/src/lib.rs" <<'RUST'
pub mod exercise;
// Generic code costs nothing until somebody names the type.
pub const CODE: lab::flow::Code = lab::flow::Code::of::<exercise::Checkout>("exercise");
RUST
# The test links the library, as the chapter's does.
cat >"$empty/tests/nothing.rs" <<'RUST'
#[test]
fn nothing() {
    assert!(!std::hint::black_box(empty::CODE).name().is_empty());
}
RUST

chapter() { cargo test -q -p ch03 >/dev/null 2>&1 || true; }
control() { (cd "$empty" && cargo test -q >/dev/null 2>&1); }
ms() { date +%s%3N; }

echo "building both once …"
chapter
control
best_chapter=1000000
best_control=1000000
for round in $(seq "$rounds"); do
  # The edit changes a function's body, as a learner's does.
  sed "s/TIMEOUT after 700ms/TIMEOUT after 700ms ($round)/" "$saved" >"$exercise"
  begin=$(ms); chapter; took=$(($(ms) - begin))
  ((took < best_chapter)) && best_chapter=$took
  sed "s/TIMEOUT after 700ms/TIMEOUT after 700ms ($round)/" "$saved" >"$empty/src/exercise.rs"
  begin=$(ms); control; took=$(($(ms) - begin))
  ((took < best_control)) && best_control=$took
done
echo "edit to verdict, ch03: $best_chapter ms"
echo "the same edit beside one empty test: $best_control ms"
awk -v a="$best_chapter" -v b="$best_control" 'BEGIN { printf "ratio %.2f (wanted: 1.35 or less)\n", a / b }'

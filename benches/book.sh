#!/usr/bin/env bash
# Measures `cargo book`: cold (nothing built, nothing rendered; what has to be downloaded is there already), warm
# (nothing has changed) and after one text has changed. Seconds on the clock, and of the processor: on a busy machine
# trust the latter. Then what each chapter's page weighs, with all that it loads before anybody clicks.
#
#   benches/book.sh [directory to build in, made anew]
set -euo pipefail
cd "$(dirname "$0")/.."
target=$(realpath -m "${1:-target/bench-book}")
text=docs/en/glossary.md

scratch=$(mktemp -d)
cp "$text" "$scratch/text"
# Whatever happens, the text is as it was.
trap 'cp "$scratch/text" "$text"; rm -rf "$scratch"' EXIT
rm -rf "$target"
export CARGO_TARGET_DIR=$target

cargo fetch --locked --quiet
TIMEFORMAT='%R %U %S'
measure() { # a name
    local real user system
    read -r real user system < <({ time cargo book >"$scratch/out" 2>&1; } 2>&1) || { cat "$scratch/out"; exit 1; }
    awk -v what="$1" -v real="$real" -v user="$user" -v sys="$system" \
        'BEGIN { printf "%-20s %6.1f s on the clock, %6.1f s of the processor\n", what, real, user + sys }'
}
measure cold
measure warm
printf '\nOne line more.\n' >>"$text"
measure "one text changed"

echo
for page in "$target"/book/{en,ja}/ch*.html; do
    files=$({ echo "$page"
        grep -oE '(src|href)="\.\./(assets|pictures)/[^"?]*' "$page" | sed 's/^[^"]*"//' | while read -r file; do
            realpath "$(dirname "$page")/$file"
        done; } | sort -u)
    # shellcheck disable=SC2086 # they are words
    printf '%-40s %7d bytes, %2d files\n' "${page#"$target"/book/}" "$(cat $files | wc -c)" "$(echo "$files" | wc -l)"
done

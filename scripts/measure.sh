#!/usr/bin/env bash
# Measures what docs/MEASURES.md tells, and prints its table: the built binary's size, its start
# until the first answer, and the questions of the demo. With FULL=1 also a clean build.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

seconds() { # of the wall clock, for a command
    local begin end
    begin=$(date +%s%N)
    "$@" > /dev/null
    end=$(date +%s%N)
    echo "scale=3; ($end - $begin) / 1000000000" | bc | sed 's/^\./0./'
}

median() { # of five runs of a command
    for _ in 1 2 3 4 5; do seconds "$@"; done | sort -n | sed -n 3p
}

echo "| what | measured | goal |"
echo "|---|---|---|"
if [ "${FULL:-0}" = 1 ]; then
    clean=$folder/target
    XDG_DATA_HOME=$folder/first
    export XDG_DATA_HOME
    first=$(CARGO_TARGET_DIR=$clean seconds cargo run --release --locked -- demo --no-serve)
    echo "| clean clone to the first answers, \`cargo run --release -- demo\` | $first s | under 360 s |"
fi
cargo build --release --locked --quiet
program=target/release/tertius
bytes=$(stat -c %s "$program")
echo "| size of the binary | $(echo "scale=1; $bytes / 1000000" | bc) MB | |"

export XDG_DATA_HOME=$folder/data
echo "| first demo: sample made, network folded, five answers | $(seconds $program demo --no-serve) s | |"
echo "| later demo: network folded, five answers | $(median $program demo --no-serve) s | under 0.3 s |"
store=sqlite:$folder/sample.sqlite
$program import --sample --store "$store" > /dev/null
echo "| one path, start of the program included | $(median $program path Globex --as mira --store "$store") s | under 0.3 s |"
large=sqlite:$folder/large.sqlite
echo "| sample of 20,000 people into a new store | $(seconds $program import --sample --people 20000 --store "$large") s | |"
echo "| one path among 20,000 people, start included | $(median $program path Globex --as mira --store "$large") s | |"

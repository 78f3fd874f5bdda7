#!/usr/bin/env bash
# Measures how fast files go in, and prints its table for docs/MEASURES.md: a million rows of
# evidence and a hundred thousand LinkedIn connections that are made here, and whatever files are
# named, such as `scripts/measure-imports.sh Sent.mbox archive.zip`. Needs GNU time.
set -euo pipefail
files=()
for file in "$@"; do files+=("$(realpath "$file")"); done
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cargo build --release --locked --quiet
program=$PWD/target/release/tertius

evidence() { # rows among people
    awk -v rows="$1" -v people="$2" 'BEGIN {
        srand(7); print "at,from,to,kind"
        for (row = 0; row < rows; row++) {
            from = int(rand() ^ 2 * people); to = int(rand() * people)
            if (from == to) to = (to + 1) % people
            printf "2025-%02d-%02dT%02d:%02d:%02dZ,p%d@c%d.example,p%d@c%d.example,mail\n",
                row % 12 + 1, row / 12 % 28 + 1, row / 336 % 24, row / 8064 % 60, row % 59,
                from, from % 5000, to, to % 5000
        }
    }'
}

connections() { # so many
    mkdir -p "$2"
    printf 'First Name,Last Name,Maiden Name,Address\nMira,Holm,,\n' > "$2/Profile.csv"
    awk -v rows="$1" 'BEGIN {
        print "First Name,Last Name,URL,Email Address,Company,Position,Connected On"
        for (row = 0; row < rows; row++)
            printf "Ana%d,Costa%d,https://www.linkedin.com/in/ana-%d,,Company %d,Manager,%02d Mar 2024\n",
                row % 89, row % 997, row, row % 8000, row % 28 + 1
    }' > "$2/Connections.csv"
}

import() { # a file into a new store, as a row of the table
    local store=$folder/$RANDOM.sqlite report seconds kilobytes
    report=$(command time -f '%e %M' -o "$folder/time" \
        "$program" import "$1" --as mira --store "sqlite:$store" --json)
    read -r seconds kilobytes < "$folder/time"
    count() { echo "$report" | sed -n "s/^ *\"$1\": \([0-9]*\),\?$/\1/p" | head -1; }
    echo "| $2 | $(count read) | $(count new) | $(count excluded) | $(count refused) |" \
        "$(count people) | $(count companies) | $seconds s | $((kilobytes / 1024)) MB |" \
        "$(awk -v n="$(count read)" -v s="$seconds" 'BEGIN { printf "%d", n / s }') |"
    rm -f "$store"*
}

echo "| what | read | new | left out | refused | people | companies | time | peak | a second |"
echo "|---|---|---|---|---|---|---|---|---|---|"
evidence 1000000 20000 > "$folder/evidence.csv"
import "$folder/evidence.csv" "1,000,000 rows of evidence, 20,000 people"
connections 100000 "$folder/linkedin"
import "$folder/linkedin" "100,000 LinkedIn connections"
for file in "${files[@]}"; do
    import "$file" "$(basename "$file")"
done

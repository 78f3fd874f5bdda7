#!/usr/bin/env bash
# Measures a large network, and prints its table for docs/MEASURES.md: how long it takes to fold and
# how much memory, how long a question waits while it is folded anew, and how soon a write on
# somebody with 8,000 ties is seen. Needs curl and GNU time, and for the default size, a million
# people and 20 million ties, ten minutes and 10 GB of disk.
#   scripts/measure-network.sh [PEOPLE [TIES]]
set -euo pipefail
people=${1:-1000000} ties=${2:-20000000} hub=8000
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2> /dev/null || true; rm -rf "$folder"' EXIT
cargo build --release --locked --quiet
program=$PWD/target/release/tertius
store=sqlite:$folder/network.sqlite
url=http://127.0.0.1:7979

meetings() { # of six people each, so many, from a seed; the first ones are with one person
    awk -v rows="$1" -v seed="$2" -v people="$people" -v hub="$3" 'BEGIN {
        srand(seed); print "at,from,to,kind"
        for (row = 0; row < rows; row++) {
            from = row < hub / 5 ? 0 : int(rand() ^ 2 * people)
            printf "2026-%02d-%02dT%02d:%02d:%02dZ,p%d@c%d.example,", row % 10 + 1, row / 10 % 28 + 1,
                row / 280 % 24, row / 6720 % 60, row % 59, from, from % 50000
            for (guest = 0; guest < 5; guest++) {
                to = row < hub / 5 ? row * 5 + guest + 1 : int(rand() * people)
                printf "%sp%d@c%d.example", guest ? ";" : "", to, to % 50000
            }
            print ",meeting"
        }
    }'
}

ask() { # a document; what it took, in milliseconds
    curl -s -o "$folder/answer" -w '%{time_total}' -H 'content-type: application/json' \
        --data-binary "{\"query\": \"$1\"}" "$url/graphql" | awk '{ printf "%.2f\n", $1 * 1000 }'
    if grep -q '"errors"' "$folder/answer"; then cat "$folder/answer" >&2; exit 1; fi
}

spread() { # of numbers, one a line
    sort -n | awk '{ all[NR] = $1 } END {
        printf "%s ms, %s ms, %s ms", all[int(NR * .5 + .5)], all[int(NR * .99 + .5)], all[NR] }'
}

id_of() { # a person by address
    ask "{ person(by: {email: \\\"$1\\\"}) { id } }" > /dev/null
    sed 's/.*"id":"\([^"]*\)".*/\1/' "$folder/answer"
}

meetings $((ties / 15)) 7 "$hub" > "$folder/meetings.csv"
command time -f '%e s, %M KB' -o "$folder/time" \
    "$program" import "$folder/meetings.csv" --as mira --store "$store" --json > "$folder/report"
rm "$folder/meetings.csv"
echo "| what | measured |"
echo "|---|---|"
echo "| $people people, $ties ties (meetings of six) imported and folded, peak | $(cat "$folder/time") |"

start() { # the server, and waits until it is ready
    "$program" serve --store "$store" --listen 127.0.0.1:7979 --access open --as mira \
        > "$folder/log" 2>&1 &
    server=$!
    until curl -sf "$url/health/ready" > /dev/null; do sleep .2; done
}

started() { # how long a server takes until it is ready, in milliseconds
    local begin
    begin=$(date +%s%N)
    start
    took=$((($(date +%s%N) - begin) / 1000000))
}

kilobytes() { sed -n "s/^$1:[^0-9]*\([0-9]*\) kB/\1/p" "/proc/$server/status"; }
rm "$folder/network.sqlite.network"
started
echo "| a server starts: the network is folded | $took ms |"
kill "$server" && wait "$server" || true # which ends when the network is kept
echo "| the file in which it is kept | $(($(stat -c %s "$folder/network.sqlite.network") / 1000000)) MB |"
started
echo "| a server starts: the network is read from there | $took ms |"
echo "| its memory then, and at the peak | $(($(kilobytes VmRSS) / 1024)) MB, $(($(kilobytes VmHWM) / 1024)) MB |"

zero=$(id_of p0@c0.example) other=$(id_of p$((people - 1))@c$(((people - 1) % 50000)).example)
path="{ introPaths(input: {from: {personIds: [\\\"$zero\\\"]}, to: {personId: \\\"$other\\\"}}) { nodes { probability } } }"
for _ in $(seq 50); do ask "$path"; done | spread > "$folder/quiet"
echo "| a path from the one with $hub ties, 50 times: median, 99 %, longest | $(cat "$folder/quiet") |"

for hour in $(seq 100); do
    ask "mutation { recordEvidence(input: {kind: MEETING, occurredAt: \\\"2026-11-01T00:00:$(printf %02d $((hour % 60)))Z\\\", participantIds: [\\\"$zero\\\", \\\"$other\\\"]}) { ties { tie { strength } } userErrors { message } } }"
done | spread > "$folder/writes"
echo "| a write on the one with $hub ties, seen by whoever asks after its answer, 100 times | $(cat "$folder/writes") |"

# More pairs than are followed one by one: a new epoch.
meetings 10000 8 0 > "$folder/more.csv"
curl -s --data-binary @"$folder/more.csv" "$url/imports?name=more.csv" > "$folder/imported" &
import=$!
while kill -0 "$import" 2> /dev/null; do ask "$path"; done > "$folder/waits"
echo "| the same path while 150,000 ties more are imported and all is folded anew, $(wc -l < "$folder/waits") times | $(spread < "$folder/waits") |"
echo "| the server's memory at the peak | $(($(kilobytes VmHWM) / 1024)) MB |"

# What one viewer alone sees: meetings of six, 20,000 pairs, over the network of all.
meetings 1334 9 0 > "$folder/own.csv"
curl -s --data-binary @"$folder/own.csv" "$url/imports?name=own.csv&private=true" > "$folder/imported"
kill "$server" && wait "$server" || true
start
before=$(kilobytes VmRSS)
echo "| with 20,000 private ties: the viewer's first question after a start | $(ask "$path") ms |"
echo "| the same, later, 50 times | $(for _ in $(seq 50); do ask "$path"; done | spread) |"
echo "| memory of their view | $((($(kilobytes VmRSS) - before) / 1024)) MB |"

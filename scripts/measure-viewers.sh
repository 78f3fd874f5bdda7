#!/usr/bin/env bash
# Measures what the views of many members cost, and an erasure, and prints its table for
# docs/MEASURES.md: members with private ties of their own over one network of the team. With whoever
# makes the store, a team is a thousand at most. Needs curl.
#   scripts/measure-viewers.sh [VIEWERS [PRIVATE TIES OF EACH]]
set -euo pipefail
viewers=${1:-999} own=${2:-20} people=20000
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2> /dev/null || true; rm -rf "$folder"' EXIT
cargo build --release --locked --quiet
program=$PWD/target/release/tertius
store=sqlite:$folder/viewers.sqlite
url=http://127.0.0.1:7978

meetings() { # of two, so many, from a seed
    awk -v rows="$1" -v seed="$2" -v people="$people" 'BEGIN {
        srand(seed); print "at,from,to,kind"
        for (row = 0; row < rows; row++) {
            from = int(rand() ^ 2 * people); to = int(rand() * people)
            if (from == to) to = (to + 1) % people
            printf "2026-%02d-%02dT09:00:%02dZ,p%d@c%d.example,p%d@c%d.example,meeting\n",
                row % 10 + 1, row % 28 + 1, row % 60, from, from % 900, to, to % 900
        }
    }'
}

ask() { # a document, as the holder of a token; what it took, in milliseconds
    curl -s -o "$folder/answer" -w '%{time_total}' -H 'content-type: application/json' \
        -H "authorization: Bearer $2" --data-binary "{\"query\": \"$1\"}" "$url/graphql" |
        awk '{ printf "%.2f\n", $1 * 1000 }'
    if grep -q '"errors"' "$folder/answer"; then cat "$folder/answer" >&2; exit 1; fi
}

word() { # the value of a key of the last answer
    sed "s/.*\"$1\":\"\([^\"]*\)\".*/\1/" "$folder/answer"
}

spread() { # of numbers, one a line
    sort -n | awk '{ all[NR] = $1 } END {
        printf "%s ms, %s ms, %s ms", all[int(NR * .5 + .5)], all[int(NR * .99 + .5)], all[NR] }'
}

megabytes() { sed -n "s/^$1:[^0-9]*\([0-9]*\) kB/\1/p" "/proc/$server/status" | awk '{ print int($1 / 1024) }'; }

meetings 200000 7 > "$folder/team.csv"
"$program" import "$folder/team.csv" --as mira --store "$store" > /dev/null
admin=$("$program" token --as mira --store "$store" | grep -o 'tertius_[A-Za-z0-9_-]*' | head -1)
"$program" serve --store "$store" --listen 127.0.0.1:7978 > "$folder/log" 2>&1 &
server=$!
until curl -sf "$url/health/ready" > /dev/null; do sleep .2; done

for number in $(seq "$viewers"); do
    ask "mutation { inviteMember(input: {role: MEMBER}) { secret userErrors { message } } }" "$admin" > /dev/null
    secret=$(word secret)
    curl -s -o "$folder/answer" -H 'content-type: application/json' "$url/invitations/accept" \
        --data-binary "{\"secret\": \"$secret\", \"login\": \"m$number\"}"
    token=$(word secret)
    echo "$token" >> "$folder/tokens"
    meetings "$own" "$((number + 100))" > "$folder/own.csv"
    curl -s -o "$folder/imported" -H "authorization: Bearer $token" --data-binary @"$folder/own.csv" \
        "$url/imports?name=own.csv&private=true"
done

ask "{ person(by: {email: \\\"p0@c0.example\\\"}) { id } }" "$admin" > /dev/null
hub=$(word id)
ask "{ person(by: {email: \\\"p$((people - 1))@c$(((people - 1) % 900)).example\\\"}) { id } }" "$admin" > /dev/null
path="{ introPaths(input: {from: {personIds: [\\\"$hub\\\"]}, to: {personId: \\\"$(word id)\\\"}}) { nodes { probability } } }"
all() { while read -r token; do ask "$path" "$token"; done < "$folder/tokens" | spread; }

echo "| what | measured |"
echo "|---|---|"
before=$(megabytes VmRSS)
echo "| a path over 200,000 meetings of $people people, first asked by each of $viewers members with $own private ties: median, 99 %, longest | $(all) |"
echo "| the same, asked again by each | $(all) |"
echo "| memory before, and with the views of all | $before MB, $(megabytes VmRSS) MB |"
erased=$(ask "mutation { erasePerson(input: {whom: {personId: \\\"$hub\\\"}, reason: \\\"measured\\\"}) { erasure { id } userErrors { message } } }" "$admin")
grep -q erasure_ "$folder/answer" || { cat "$folder/answer" >&2; exit 1; }
echo "| the one with most ties erased, answered when all is folded anew | $erased ms |"

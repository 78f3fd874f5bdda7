#!/usr/bin/env bash
# Measures what requests cost the server in processor time, and prints its table for
# docs/PERFORMANCE.md: a route of plain text beside `{ __typename }` and paths, in turns. Needs curl,
# and a store given by URL, or it takes the sample network.
#   scripts/measure-http.sh [STORE [SEEKER TARGET]]     two mail addresses
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2> /dev/null || true; rm -rf "$folder"' EXIT
if [ -z "${TERTIUS_PROGRAM:-}" ]; then cargo build --release --locked --quiet; fi
program=${TERTIUS_PROGRAM:-$PWD/target/release/tertius}
store=${1:-sqlite:$folder/sample.sqlite}
url=http://127.0.0.1:7981
if [ $# -lt 1 ]; then "$program" import --sample --store "$store" > "$folder/imported"; fi
"$program" serve --store "$store" --listen 127.0.0.1:7981 --access open --as mira > "$folder/log" 2>&1 &
server=$!
until curl -sf "$url/health/ready" > /dev/null; do sleep .2; done

used() { awk '{ print $14 + $15 }' "/proc/$server/stat"; } # hundredths of a second

cost() { # of one request, in microseconds: how many are sent, the path, what else curl is told
    local count=$1 path=$2 before
    shift 2
    before=$(used)
    curl -s -o /dev/null "$@" "$url$path?n=[1-$count]" 2> "$folder/curl"
    echo $((($(used) - before) * 10000 / count))
}

post() { # many of a document
    cost "$1" /graphql -H 'content-type: application/json' --data-binary "@$2"
}

whom='{ domain: \"globex.example\" }' from=''
if [ $# -ge 3 ]; then
    person() {
        curl -s -H 'content-type: application/json' "$url/graphql" \
            --data-binary "{\"query\": \"{ person(by: {email: \\\"$1\\\"}) { id } }\"}" |
            sed 's/.*"id":"\([^"]*\)".*/\1/'
    }
    from="from: { personIds: [\\\"$(person "$2")\\\"] }, "
    whom="{ personId: \\\"$(person "$3")\\\" }"
fi
echo '{"query": "{ __typename }"}' > "$folder/typename"
echo "{\"query\": \"{ introPaths(input: { ${from}to: $whom }) { nodes { probability hops { probability tie { strength } } people { name } } } }\"}" > "$folder/paths"
curl -s -H 'content-type: application/json' --data-binary "@$folder/paths" "$url/graphql" > "$folder/answer"
if grep -q '"errors"' "$folder/answer"; then cat "$folder/answer" >&2; exit 1; fi

: > "$folder/plain.us"; : > "$folder/typename.us"; : > "$folder/paths.us"
for _ in 1 2 3 4 5; do
    cost 10000 /health/live >> "$folder/plain.us"
    post 10000 "$folder/typename" >> "$folder/typename.us"
    post 1000 "$folder/paths" >> "$folder/paths.us"
done
middle() { sort -n "$1" | sed -n 3p; }
echo "| request | server CPU, the middle of five turns |"
echo "|---|---|"
echo "| plain text | $(middle "$folder/plain.us") µs |"
echo "| \`{ __typename }\` | $(middle "$folder/typename.us") µs |"
echo "| five paths, with names and strengths, $(wc -c < "$folder/answer") bytes | $(middle "$folder/paths.us") µs |"

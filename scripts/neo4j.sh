#!/usr/bin/env bash
# Starts a Neo4j Community server of its own, for tests and trials, without Docker.
#
#   scripts/neo4j.sh          says `bolt://127.0.0.1:PORT PASSWORD PROCESS` when it can be used, and
#                             keeps it until the standard input closes: a test that is killed leaves
#                             nothing. The line `start` starts it again, where somebody killed it
#   scripts/neo4j.sh fetch    only sees to it that everything needed is on this machine
#
# The server's jars come from Maven Central, once, into the user's cache folder. Everything else is
# in a temporary folder, which goes with the server. Where a JDK or Maven is missing, they are
# installed through apt where that is allowed, else it says what to install.
set -euo pipefail

version=5.26.30
jars=${XDG_CACHE_HOME:-$HOME/.cache}/tertius/neo4j-$version

fail() { echo "neo4j.sh: $*" >&2; exit 1; }

java_major() { java -version 2>&1 | sed -nE '1s/.*"([0-9]+).*/\1/p'; }

need_tools() {
  local missing=()
  if ! command -v java > /dev/null || [ "$(java_major)" -lt 17 ]; then missing+=(openjdk-17-jre-headless); fi
  if [ ! -e "$jars/.complete" ] && ! command -v mvn > /dev/null; then missing+=(maven); fi
  [ ${#missing[@]} -eq 0 ] && return
  if [ "$(id -u)" -eq 0 ] && command -v apt-get > /dev/null; then
    { apt-get update && apt-get install -y --no-install-recommends "${missing[@]}"; } > /dev/null 2>&1 && return
  fi
  fail "install ${missing[*]} (Neo4j $version runs on Java 17 or 21), or name a server of your own" \
    "with TERTIUS_TEST_NEO4J_URI and TERTIUS_TEST_NEO4J_PASSWORD"
}

fetch() {
  need_tools
  [ -e "$jars/.complete" ] && return
  mkdir -p "$jars"
  # Two may fetch at a time: the second waits, and then finds it done.
  exec 9> "$jars/.lock"
  flock 9
  if [ ! -e "$jars/.complete" ]; then
    local project; project=$(mktemp -d)
    cat > "$project/pom.xml" <<POM
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>tertius</groupId><artifactId>neo4j-for-tests</artifactId><version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.neo4j</groupId><artifactId>neo4j</artifactId><version>$version</version></dependency>
    <dependency><groupId>org.neo4j.app</groupId><artifactId>neo4j-server</artifactId><version>$version</version></dependency>
  </dependencies>
</project>
POM
    mvn -q -B -f "$project/pom.xml" dependency:copy-dependencies \
      -DincludeScope=runtime -DoutputDirectory="$jars" >&2 \
      || fail "Maven cannot fetch Neo4j $version; is Maven Central, or a mirror of it, within reach?"
    rm -r "$project"
    touch "$jars/.complete"
  fi
  exec 9>&-
}

fetch
[ "${1:-}" = fetch ] && exit 0

home=$(mktemp -d "${TMPDIR:-/tmp}/tertius-neo4j.XXXXXX")
server=
finish() {
  if [ -n "$server" ]; then kill -9 "$server" 2> /dev/null || true; wait "$server" 2> /dev/null || true; fi
  rm -rf "$home"
}
trap finish EXIT
trap 'exit 1' INT TERM HUP

# The server does not say which port it took by itself. Where two choose the same at the same
# moment, one of them does not start, and says so.
port=${NEO4J_PORT:-}
while [ -z "$port" ]; do
  port=$(shuf -i 20000-32000 -n 1)
  if (: < "/dev/tcp/127.0.0.1/$port") 2> /dev/null; then port=; fi
done
password=${TERTIUS_TEST_NEO4J_PASSWORD:-$(head -c 16 /dev/urandom | od -An -tx1 | tr -d ' \n')}
mkdir -p "$home"/{conf,data,logs,import,plugins}
cat > "$home/conf/neo4j.conf" <<CONF
server.default_listen_address=127.0.0.1
server.bolt.listen_address=127.0.0.1:$port
server.bolt.advertised_address=127.0.0.1:$port
server.http.enabled=false
server.https.enabled=false
dbms.usage_report.enabled=false
dbms.security.auth_max_failed_attempts=0
server.memory.heap.initial_size=512m
server.memory.heap.max_size=1g
server.memory.pagecache.size=128m
CONF
NEO4J_HOME=$home NEO4J_CONF=$home/conf java -cp "$jars/*" org.neo4j.cli.AdminTool \
  dbms set-initial-password "$password" > "$home/logs/password.log" 2>&1 \
  || { cat "$home/logs/password.log" >&2; fail "the password cannot be set"; }
start() {
  : > "$home/logs/neo4j.log"
  java -cp "$jars/*" -Xms512m -Xmx1g -Dfile.encoding=UTF-8 \
    --add-opens=java.base/java.nio=ALL-UNNAMED --add-opens=java.base/java.io=ALL-UNNAMED \
    --add-opens=java.base/sun.nio.ch=ALL-UNNAMED \
    org.neo4j.server.CommunityEntryPoint --home-dir="$home" --config-dir="$home/conf" \
    > "$home/logs/console.log" 2>&1 < /dev/null &
  server=$!
  for _ in $(seq 1 240); do
    if grep -q 'Started\.' "$home/logs/neo4j.log"; then
      echo "bolt://127.0.0.1:$port $password $server"
      return
    fi
    kill -0 "$server" 2> /dev/null || break
    sleep 0.25
  done
  tail -n 30 "$home"/logs/{console,neo4j}.log >&2
  fail "the server did not start"
}

start
# Whoever started this holds the other end: it closes with them, however they end.
while read -r order; do
  if [ "$order" = start ]; then start; fi
done

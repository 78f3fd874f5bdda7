#!/usr/bin/env bash
# Makes graphiql.js.gz, graphiql.css.gz and LICENSES.txt of this folder anew from the packages of
# the npm registry. Needs npm, node and zopfli. Nothing is built: ready files are put together.
set -euo pipefail
cd "$(dirname "$0")"

graphiql=4.1.2
react=18.3.1
# What the ready file of GraphiQL holds inside; only its licence is taken from here.
graphql=16.11.0

here=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm pack --silent "graphiql@$graphiql" "react@$react" "react-dom@$react" >/dev/null
for package in graphiql react react-dom; do
    mkdir "$package"
    tar -xzf "$package"-[0-9]*.tgz -C "$package" --strip-components 1
done

# The three scripts in the order in which they need each other, without the names of source maps.
for script in react/umd/react.production.min.js react-dom/umd/react-dom.production.min.js \
    graphiql/graphiql.min.js; do
    sed '/^\/\/# sourceMappingURL=/d' "$script"
    echo
done >graphiql.js

# Without the embedded fonts: 361 of 418 kB, and the fonts of the system do as well.
sed '/^@font-face {$/,/^}$/d' graphiql/graphiql.min.css >graphiql.css
if grep -qE 'font/woff|url\((["'\'']?)https?:' graphiql.css; then
    echo 'the style sheet still holds a font, or an address' >&2
    exit 1
fi

# zopfli writes no time and no name, so the same input gives the same bytes.
zopfli --i15 graphiql.js graphiql.css
cp graphiql.js.gz graphiql.css.gz "$here"

# The licences of all that the ready files hold; packages with the same text share it. The last
# three are inside, and newer versions of what brought them do without.
npm install --silent --ignore-scripts --no-save --prefix tree \
    "graphiql@$graphiql" "react@$react" "react-dom@$react" "graphql@$graphql" \
    graphql-ws@5 @radix-ui/react-use-escape-keydown@1 @react-aria/utils@3.29.0 >/dev/null
node - >"$here/LICENSES.txt" <<'NODE'
const fs = require("fs");
const map = JSON.parse(fs.readFileSync("graphiql/graphiql.min.js.map", "utf8"));
const inside = map.sources.flatMap((path) => {
  const found = [...path.matchAll(/node_modules\/((?:@[^/]+\/)?[^/]+)/g)];
  if (found.length) return [found.at(-1)[1]];
  const own = path.match(/^\.\.\/\.\.\/(graphiql-)?([^/]+)\/(dist|esm)\//);
  return own ? [own[1] ? `@graphiql/${own[2]}` : own[2]] : [];
});
const packages = [...new Set([...inside, "graphiql", "react", "react-dom", "scheduler"])].sort();
const texts = new Map();
for (const name of packages) {
  const folder = `tree/node_modules/${name}`;
  const stated = JSON.parse(fs.readFileSync(`${folder}/package.json`, "utf8")).license;
  const file = fs.readdirSync(folder).find((file) => /^licen[cs]e/i.test(file));
  const text = file ? fs.readFileSync(`${folder}/${file}`, "utf8") : `Licence: ${stated}\n`;
  const key = text.replace(/\r/g, "").trim();
  texts.set(key, [...(texts.get(key) ?? []), `${name} (${stated})`]);
}
for (const [text, names] of texts) {
  process.stdout.write(`${"=".repeat(80)}\n${names.join(", ")}\n${"-".repeat(80)}\n${text}\n\n`);
}
NODE
cd "$here"
sha256sum graphiql.js.gz graphiql.css.gz

#!/usr/bin/env bash
# Pagefind splits "Bund-Länder" at the hyphen that a keyboard has, and at none of the signs that typesetting puts there.
#
# Guess:   every sign that is no letter ends a word, so a page is found by either half of a double word, however it is joined.
# Is so:   signs of ASCII do: hyphen, slash, colon, star, full stop, plus. Others do not: en dash, em dash, the non-breaking hyphen
#          U+2011, the middle dot, the typographic apostrophe, the soft hyphen. Such a sign is taken out, and the halves grow
#          together to one word: the page is found by its beginning and by the whole, never by its second half.
# Matters: German typography writes Bund–Länder-Programm, Berlin–Hamburg, 2025–2030 with an en dash, and "Bürger·innen" with a
#          dot. A reader who looks for "Hamburg" does not find the line Berlin–Hamburg. A hair space (U+200A) beside
#          the dash ends the word, `<wbr>` does not. That soft hyphens are no border is right.
#
# Seen 27 November 2026 with pagefind 1.5.2 and Node 20: its own search, run here with files for the network.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
echo '{"type": "module"}' >"$work/package.json"
npm install --silent --no-audit --no-fund --prefix "$work" pagefind@1.5.2

cat >"$work/write.mjs" <<'JS'
import { mkdirSync, writeFileSync } from "node:fs";

const joints = { space: " ", hyphen: "-", slash: "/", colon: ":", star: "*", "full stop": ".", plus: "+", "en dash": "–",
  "em dash": "—", "hyphen U+2011": "\u2011", "middle dot": "·", apostrophe: "’", "soft hyphen": "\u00ad",
  "en dash with wbr": "–<wbr>", "en dash with hair space": "–\u200a" };
for (const [name, joint] of Object.entries(joints)) {
  mkdirSync(`${process.argv[2]}/${name}`, { recursive: true });
  writeFileSync(`${process.argv[2]}/${name}/index.html`, '<!doctype html><html lang="de"><head><title>Meldung</title></head>' +
    `<body><p>Heute tagt der Runde Tisch Zebra${joint}Giraffe im Amt.</p></body></html>`);
}
JS
cat >"$work/search.mjs" <<'JS'
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const base = pathToFileURL(process.argv[2] + "/").href;
globalThis.fetch = async (address) => new Response(readFileSync(new URL(String(address).split("?")[0])));
globalThis.document = { currentScript: null, querySelector: () => ({ getAttribute: () => "de" }) };
const pagefind = await import(base + "pagefind.js");
await pagefind.options({ basePath: base, baseUrl: "/", noWorker: true });
for (const word of ["Zebra", "Giraffe", "Zebragiraffe"]) {
  const { results } = await pagefind.search(word);
  const found = await Promise.all(results.map(async (result) => (await result.data()).url));
  console.log(`${word}: ${found.map((url) => decodeURI(url).replaceAll("/", "")).sort().join(", ")}`);
}
JS
node "$work/write.mjs" "$work/site"
"$work/node_modules/.bin/pagefind" --site "$work/site" --output-path "$work/index" >"$work/log" 2>&1
node "$work/search.mjs" "$work/index" >"$work/seen"

cat "$work/seen"
diff - "$work/seen" <<'SEEN' || { echo "changed: Pagefind splits words otherwise than noted here"; exit 1; }
Zebra: apostrophe, colon, em dash, en dash, en dash with hair space, en dash with wbr, full stop, hyphen, hyphen U+2011, middle dot, plus, slash, soft hyphen, space, star
Giraffe: colon, en dash with hair space, full stop, hyphen, plus, slash, space, star
Zebragiraffe: apostrophe, colon, em dash, en dash, en dash with wbr, full stop, hyphen, hyphen U+2011, middle dot, plus, slash, soft hyphen, star
SEEN

#!/usr/bin/env bash
# Two plugins of SVGO together take every link out of a drawing: one writes it in the new way, the other removes what is new.
#
# Guess:   `removeXlink` turns `xlink:href` into the `href` of SVG 2, and the default preset knows that: both are SVGO's own.
# Is so:   the preset's `removeUnknownsAndDefaults` has `href` on its list for `use` and `image`, not for `a`. After both, `<a>`
#          stands there without an address; likewise a drawing that has `href` from the start. `xlink:href` alone survives the
#          preset, and of both forms on one element the old one. Nothing is reported.
# Matters: maps of federal states or municipalities with a link for each are drawings of this kind. Switch
#          `removeUnknownsAndDefaults` off for them, or count the links before and after.
#          (SVGO's tracker knows the missing `href` as issue 2230.)
#
# Seen 27 November 2026 with svgo 4.1.0, Node 20.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm install --silent --no-audit --no-fund --prefix "$work" svgo@4.1.0

cat >"$work/try.mjs" <<'JS'
import { optimize } from "svgo";

const drawing = (link) =>
  `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9"><a ${link}>` +
  `<path d="M0 0h9v9z"/></a></svg>`;
const link = (svg) => svg.match(/<a[^>]*>/)[0];
const old = drawing('xlink:href="/saarland/"');

console.log("preset, xlink:href:        ", link(optimize(old).data));
console.log("preset, href:              ", link(optimize(drawing('href="/saarland/"')).data));
console.log("preset, both:              ", link(optimize(drawing('href="/saarland/" xlink:href="/saarland/"')).data));
console.log("removeXlink:               ", link(optimize(old, { plugins: ["removeXlink"] }).data));
console.log("removeXlink, then preset:  ", link(optimize(old, { plugins: ["removeXlink", "preset-default"] }).data));
const kept = { name: "preset-default", params: { overrides: { removeUnknownsAndDefaults: false } } };
console.log("without that part of it:   ", link(optimize(old, { plugins: ["removeXlink", kept] }).data));
JS
node "$work/try.mjs" >"$work/seen"

cat "$work/seen"
diff - "$work/seen" <<'SEEN' || { echo "changed: SVGO treats links otherwise than noted here"; exit 1; }
preset, xlink:href:         <a xlink:href="/saarland/">
preset, href:               <a>
preset, both:               <a xlink:href="/saarland/">
removeXlink:                <a href="/saarland/">
removeXlink, then preset:   <a>
without that part of it:    <a href="/saarland/">
SEEN

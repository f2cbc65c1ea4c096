#!/usr/bin/env bash
# Three of four HTML minifiers turn hidden="until-found", which a search in the page opens, into hidden, which it does not.
#
# Guess:   the attribute has had its third value since 2022, so a minifier that is kept up shortens hidden="hidden" and
#          hidden="" and leaves "until-found" alone; at the very least with the settings it calls careful.
# Is so:   minify-html, html-minifier-next (with its preset "conservative" as well) and @swc/html count `hidden` among the attributes
#          that are there or not, and drop whatever value it has. htmlnano keeps this one. In minify-html no option keeps it, in
#          the other two `collapseBooleanAttributes: false` does.
# Matters: a portal that folds long lists or notes this way promises that Ctrl+F and links to a part of the page find
#          them. Minified, the text is in the page and out of reach, and it looks the same until somebody searches.
#
# Seen 28 November 2026 with minify-html 0.18.1, html-minifier-next 8.7.0, @swc/html 1.16.22, htmlnano 3.5.1; Python 3.11, Node 20
# (html-minifier-next asks for Node 22, and runs).
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check minify-html==0.18.1
echo '{"type": "module"}' >"$work/package.json"
npm install --silent --no-audit --no-fund --prefix "$work" html-minifier-next@8.7.0 @swc/html@1.16.22 htmlnano@3.5.1

cat >"$work/minify.py" <<'PY'
import sys

import minify_html

FLAGS = ("allow_noncompliant_unquoted_attribute_values", "allow_optimal_entities", "allow_removing_spaces_between_attributes",
         "keep_closing_tags", "keep_comments", "keep_html_and_head_opening_tags", "keep_input_type_text_attr", "keep_ssi_comments",
         "minify_css", "minify_doctype", "minify_js", "preserve_brace_template_syntax", "preserve_chevron_percent_template_syntax",
         "remove_bangs", "remove_processing_instructions")
seen = {minify_html.minify(sys.argv[1], keep_closing_tags=True, **{flag: True}) for flag in FLAGS if flag != "keep_closing_tags"}
print("minify-html, any option:", *sorted(seen | {minify_html.minify(sys.argv[1], keep_closing_tags=True)}))
PY
cat >"$work/minify.mjs" <<'JS'
import swc from "@swc/html";
import { minify } from "html-minifier-next";
import htmlnano from "htmlnano";

const text = process.argv[2];
const body = { tagName: "body", namespace: "http://www.w3.org/1999/xhtml", attributes: [], isSelfClosing: false };
const bySwc = (options) => swc.minifyFragmentSync(Buffer.from(text), { contextElement: body, tagOmission: false, ...options }).code;
console.log("html-minifier-next, conservative:", await minify(text, { preset: "conservative" }));
console.log("html-minifier-next, conservative, not collapsed:",
  await minify(text, { preset: "conservative", collapseBooleanAttributes: false }));
console.log("@swc/html:", bySwc({}));
console.log("@swc/html, not collapsed:", bySwc({ collapseBooleanAttributes: false }));
console.log("htmlnano:", (await htmlnano.process(text, { minifyCss: false })).html);
JS
for text in '<p hidden="">Note</p>' '<p hidden="until-found">Note</p>'; do
    echo "$text"
    "$work/venv/bin/python" "$work/minify.py" "$text"
    node "$work/minify.mjs" "$text"
done >"$work/seen"

cat "$work/seen"
diff - "$work/seen" <<'SEEN' || { echo "changed: the minifiers treat until-found otherwise than noted here"; exit 1; }
<p hidden="">Note</p>
minify-html, any option: <p hidden>Note</p>
html-minifier-next, conservative: <p hidden>Note</p>
html-minifier-next, conservative, not collapsed: <p hidden="">Note</p>
@swc/html: <p hidden>Note</p>
@swc/html, not collapsed: <p hidden="">Note</p>
htmlnano: <p hidden>Note</p>
<p hidden="until-found">Note</p>
minify-html, any option: <p hidden>Note</p>
html-minifier-next, conservative: <p hidden>Note</p>
html-minifier-next, conservative, not collapsed: <p hidden="until-found">Note</p>
@swc/html: <p hidden>Note</p>
@swc/html, not collapsed: <p hidden=until-found>Note</p>
htmlnano: <p hidden="until-found">Note</p>
SEEN

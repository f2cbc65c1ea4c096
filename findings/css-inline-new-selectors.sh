#!/usr/bin/env bash
# css-inline orders cascade layers rightly, and drops every rule with `:is()`, `:where()` or nesting without a word.
#
# Guess:   a rule that cannot be inlined stays in a <style> element if asked for, or fails; and who knows `@layer` and `:has()`
#          knows `:is()`, which is older.
# Is so:   `:has()`, `:not()` and the order of layers are right. A rule with `:is()` or `:where()` matches nothing. Of a rule with a
#          nested one the outer declarations are written, the nested ones are gone. `keep_at_rules=True`, which saves @media and
#          @supports, saves neither; only `keep_style_tags=True` does, which keeps the whole sheet.
# Matters: a newsletter made from the portal's own style sheet looks right in parts. Flatten nesting and `:is()` before (a CSS
#          compiler with old browsers as its target does), then inline.
#
# Seen 27 November 2026 with css-inline 0.24.0, Python 3.11.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check css-inline==0.24.0

"$work/venv/bin/python" - >"$work/seen" <<'PY'
import css_inline

for css in (
    ".brief p { color: red }",
    ".brief:has(p) p:not(.fuss) { color: red }",
    "@layer eins, zwei; @layer zwei { p { color: red } } @layer eins { .brief p { color: blue } }",
    "@supports (color: red) { p { color: red } }",
    ":is(.brief, .karte) p { color: red }",
    ":where(.brief) p { color: red }",
    ".brief { margin: 0; p { color: red } }",
    ".brief { margin: 0; & > p { color: red } }",
):
    page = f'<html><head><style>{css}</style></head><body><div class="brief"><p>Guten Tag</p></div></body></html>'
    mail = css_inline.inline(page, keep_at_rules=True)
    paragraph = "inlined" if '<p style="color: red;">' in mail else "kept in <style>" if "red" in mail else "gone"
    outer = " (outer declaration inlined)" if '<div class="brief" style="margin: 0;">' in mail else ""
    print(f"{paragraph}: {css}{outer}")
    assert css in css_inline.inline(page, keep_style_tags=True)
PY

cat "$work/seen"
diff - "$work/seen" <<'SEEN' || { echo "changed: css-inline reads style sheets otherwise than noted here"; exit 1; }
inlined: .brief p { color: red }
inlined: .brief:has(p) p:not(.fuss) { color: red }
inlined: @layer eins, zwei; @layer zwei { p { color: red } } @layer eins { .brief p { color: blue } }
kept in <style>: @supports (color: red) { p { color: red } }
gone: :is(.brief, .karte) p { color: red }
gone: :where(.brief) p { color: red }
gone: .brief { margin: 0; p { color: red } } (outer declaration inlined)
gone: .brief { margin: 0; & > p { color: red } } (outer declaration inlined)
SEEN

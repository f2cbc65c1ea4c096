#!/usr/bin/env bash
# selectolax finds only the children for `:is(main) p`, and every descendant for `main:is(main) p`.
#
# Guess:   `:is()`, `:where()`, `:has()` and `:not()` ask something about one element; a space behind them means any descendant,
#          as for browsers and soupsieve. An engine that does not know them says so.
# Is so:   if the compound before the space begins with one of these four, or with `:nth-child(… of …)`, only the parent is
#          asked, no ancestor above it. Before `~` only the element right before is asked. A tag, a class, an id or `*` in front
#          of the pseudo-class mends it. `:first-child p` and `:nth-child(1) p`, which hold no selector, are right. Without an
#          error, also in `css_first` and `css_matches`.
# Matters: `:is(main, article) p` and `:where(main) img` are what an importer writes to fit several old systems at once. Flat
#          test pages pass; on real ones, with a section or a figure between, texts are missing. Write `*:is(main, article) p`.
#
# Seen 28 November 2026 with selectolax 1.0.2 (LexborHTMLParser), soupsieve 4.1.3 and Beautiful Soup 4.15.0 beside it, Python 3.11.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check selectolax==1.0.2 beautifulsoup4==4.15.0 soupsieve==4.1.3

"$work/venv/bin/python" - >"$work/seen" <<'PY'
from bs4 import BeautifulSoup
from selectolax.lexbor import LexborHTMLParser

PAGE = """<html><head><title>Portal</title></head><body><main class="text"><p id="lead">Vorspann</p>
<section id="body"><p id="first">Erster Absatz</p><div><p id="box">Kasten</p></div></section>
<p id="end">Schluss</p></main></body></html>"""
selectolax, soup = LexborHTMLParser(PAGE), BeautifulSoup(PAGE, "html.parser")

for selector in (
    "main p",
    ":is(main) p",
    ":where(.text) p",
    ":has(> section) p",
    ":not(html, body, section, div) p",
    ":nth-child(1 of main) p",
    ":is(main) div p",
    "main :is(section) p",
    ":is(#lead) ~ p",
    "*:is(main) p",
    "main:is(.text) p",
    ".text:has(> section) p",
    "p:is(main *)",
    ":is(main) > section p",
    ":first-child p",
    "#lead ~ p",
):
    found = " ".join(node.attributes["id"] for node in selectolax.css(selector))
    expected = " ".join(node["id"] for node in soup.select(selector))
    print(f"{selector}: {expected}" + ("" if found == expected else f" - selectolax: {found or 'nothing'}"))
box = selectolax.css_first("#box")
print("the box matches:", *(f"{selector} {box.css_matches(selector)}," for selector in ("main p", ":is(main) p", "*:is(main) p")))
PY

cat "$work/seen"
diff - "$work/seen" <<'SEEN' || { echo "changed: selectolax reads selectors otherwise than noted here"; exit 1; }
main p: lead first box end
:is(main) p: lead first box end - selectolax: lead end
:where(.text) p: lead first box end - selectolax: lead end
:has(> section) p: lead first box end - selectolax: lead end
:not(html, body, section, div) p: lead first box end - selectolax: lead end
:nth-child(1 of main) p: lead first box end - selectolax: lead end
:is(main) div p: box - selectolax: nothing
main :is(section) p: first box - selectolax: first
:is(#lead) ~ p: end - selectolax: nothing
*:is(main) p: lead first box end
main:is(.text) p: lead first box end
.text:has(> section) p: lead first box end
p:is(main *): lead first box end
:is(main) > section p: first box
:first-child p: lead first box end
#lead ~ p: end
the box matches: main p True, :is(main) p False, *:is(main) p True,
SEEN

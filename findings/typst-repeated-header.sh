#!/usr/bin/env bash
# Typst refuses a table with a link in its header as PDF/UA-1, but only where the table happens to run over the end of a page.
#
# Guess:   whether a table is accessible is a matter of the table: what passes `pdf_standards="ua-1"` once, passes anywhere.
# Is so:   a header repeats on the next page, the repetition is an "artifact" for screen readers, and PDF/UA allows no link in an
#          artifact. So the same table compiles at the top of a page, and is an error when a paragraph before it grows. A footnote
#          or a citation in the header counts as a link. Without the standard asked for, both compile.
#          `table.header(repeat: false)` passes in both places.
# Matters: an editor who adds a sentence to the beginning of an article gets an error about a table that nobody touched.
#
# Seen 27 November 2026 with typst 0.15.2 (PyPI), whose fonts are built in, Python 3.11.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check typst==0.15.2

"$work/venv/bin/python" - "$work" >"$work/seen" <<'PY'
import sys
from pathlib import Path

import typst

PAGE = """#set document(title: "Zahlen der Länder")
#set text(lang: "de")
#set page(height: 12cm)
#title()
{paragraph}
#table(columns: 2, table.header({settings}[Land], {cell}),
  ..for row in range(6) {{ ([Land #row], [#(row * 12)]) }})
"""
LINK, NOTE, PLAIN = '[#link("https://portal.example/zahlen/")[Anteil]]', "[Anteil#footnote[Stand: Mai]]", "[Anteil]"
source = Path(sys.argv[1]) / "page.typ"


def outcome(cell: str, sentences: int, settings: str = "", standard: str = "ua-1") -> str:
    paragraph = "Die Länder melden ihre Zahlen einmal im Jahr an den Bund. " * sentences
    source.write_text(PAGE.format(paragraph=paragraph, settings=settings, cell=cell))
    try:
        typst.compile(source, pdf_standards=[standard])
    except typst.TypstError as error:
        return str(error)
    return "a PDF"


for name, cell in (("link", LINK), ("footnote", NOTE), ("plain", PLAIN)):
    print(f"{name}, at the top of the page: {outcome(cell, 1)}")
    print(f"{name}, below a long paragraph: {outcome(cell, 14)}")
print("link, below, not repeated:", outcome(LINK, 14, "repeat: false, "))
print("link, below, no PDF/UA:", outcome(LINK, 14, standard="1.7"))
PY

cat "$work/seen"
diff - "$work/seen" <<'SEEN' || { echo "changed: Typst judges repeated headers otherwise than noted here"; exit 1; }
link, at the top of the page: a PDF
link, below a long paragraph: PDF/UA-1 error: PDF artifacts may not contain links
footnote, at the top of the page: a PDF
footnote, below a long paragraph: PDF/UA-1 error: PDF artifacts may not contain links
plain, at the top of the page: a PDF
plain, below a long paragraph: a PDF
link, below, not repeated: a PDF
link, below, no PDF/UA: a PDF
SEEN

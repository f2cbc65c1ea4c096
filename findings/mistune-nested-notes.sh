#!/usr/bin/env bash
# mistune prints the mark of a footnote that only another footnote calls, and leaves its text out.
#
# Guess:   a note called from a note gets the next number and stands at the end of the list, as with Python-Markdown and
#          markdown-it-py; or its mark stays as text, as with a note that nobody defined.
# Is so:   the mark becomes a link with the next number, but the list was closed before: no text, and the link leads nowhere. Only a
#          note that the article calls as well gets its text. No error and no warning.
# Matters: sources that name sources ("so also [2]") are common in reports on laws; moving an archive of Markdown from one
#          parser to another loses these texts silently. Count marks and notes after the conversion.
#
# Seen 27 November 2026 with mistune 3.4.0, markdown-it-py 4.3.0 (plugins 0.7.0), Markdown 3.11.3, Python 3.11.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check mistune==3.4.0 markdown-it-py==4.3.0 mdit-py-plugins==0.7.0 markdown==3.11.3

"$work/venv/bin/python" - >"$work/seen" <<'PY'
import re

import markdown
import mistune
from markdown_it import MarkdownIt
from mdit_py_plugins.footnote import footnote_plugin

NOTES = "\n\n[^gesetz]: Das Gesetz, dazu der Bericht[^bericht].\n\n[^bericht]: Bericht an den Landtag.\n"
texts = {"from a note": "Neu ist die Frist[^gesetz]." + NOTES,
         "from both": "Neu ist die Frist[^gesetz] im Land[^bericht]." + NOTES}
parsers = {
    "mistune": mistune.create_markdown(plugins=["footnotes"]),
    "markdown-it-py": MarkdownIt().use(footnote_plugin).render,
    "Python-Markdown": lambda text: markdown.markdown(text, extensions=["footnotes"]),
}
for place, text in texts.items():
    for name, convert in parsers.items():
        page = convert(text)
        ids = re.findall(r'id="([^"]+)"', page)
        marks = re.findall(r'href="#(fn\W?(?!ref)[\w-]+)"', page)
        print(f"{place}, {name}: {len(marks)} marks, {sum(mark not in ids for mark in marks)} of them lead nowhere, the report is",
              "there" if "Landtag" in page else "lost")
PY

cat "$work/seen"
diff - "$work/seen" <<'SEEN' || { echo "changed: notes called from notes are printed otherwise than noted here"; exit 1; }
from a note, mistune: 2 marks, 1 of them lead nowhere, the report is lost
from a note, markdown-it-py: 2 marks, 0 of them lead nowhere, the report is there
from a note, Python-Markdown: 2 marks, 0 of them lead nowhere, the report is there
from both, mistune: 3 marks, 0 of them lead nowhere, the report is there
from both, markdown-it-py: 3 marks, 0 of them lead nowhere, the report is there
from both, Python-Markdown: 3 marks, 0 of them lead nowhere, the report is there
SEEN

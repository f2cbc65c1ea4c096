#!/usr/bin/env bash
# feedparser cuts an author's address after four letters of its top-level domain; the rest goes into the name.
#
# Guess:   the author of an RSS item, "redaktion@stadt.example (Vera Sonnenberg)", comes back as this address and this name,
#          whatever the domain is called.
# Is so:   only with a top-level domain of up to four letters. Of a longer one the last letters become a part of the name, with
#          half of the bracket, and `bozo` says that the feed is well-formed. `author` beside it holds the text as it was.
# Matters: .berlin, .bayern, .hamburg, .saarland, .online are domains of German administrations and their portals. Who reads a
#          feed with feedparser (or tests one's own with it) should look at `author`, or write the name alone in `dc:creator`.
#
# Seen 27 November 2026 with feedparser 6.0.14, feedparser-sgmllib 2.1.0, Python 3.11.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check feedparser==6.0.14 feedparser-sgmllib==2.1.0

"$work/venv/bin/python" - >"$work/seen" <<'PY'
import feedparser

FEED = """<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>Amtsnetz</title><link>https://stadt.example/</link><description>Meldungen</description>
<item><title>Neues Portal</title>{}</item></channel></rss>"""

for authors in (
    "<author>redaktion@stadt.test (Vera Sonnenberg)</author>",
    "<author>redaktion@stadt.example (Vera Sonnenberg)</author>",
    "<author>redaktion@stadt.example</author>",
    "<dc:creator>Vera Sonnenberg</dc:creator>",
):
    feed = feedparser.parse(FEED.format(authors))
    entry = feed.entries[0]
    detail = entry.author_detail
    print(authors)
    print(f"  bozo {bool(feed.bozo)}, author {entry.author!r}, name {detail.get('name')!r}, email {detail.get('email')!r}")
PY

cat "$work/seen"
diff - "$work/seen" <<'SEEN' || { echo "changed: feedparser reads authors otherwise than noted here"; exit 1; }
<author>redaktion@stadt.test (Vera Sonnenberg)</author>
  bozo False, author 'redaktion@stadt.test (Vera Sonnenberg)', name 'Vera Sonnenberg', email 'redaktion@stadt.test'
<author>redaktion@stadt.example (Vera Sonnenberg)</author>
  bozo False, author 'redaktion@stadt.example (Vera Sonnenberg)', name 'ple (Vera Sonnenberg', email 'redaktion@stadt.exam'
<author>redaktion@stadt.example</author>
  bozo False, author 'redaktion@stadt.example', name 'ple', email 'redaktion@stadt.exam'
<dc:creator>Vera Sonnenberg</dc:creator>
  bozo False, author 'Vera Sonnenberg', name 'Vera Sonnenberg', email None
SEEN

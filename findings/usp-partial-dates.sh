#!/usr/bin/env bash
# ultimate-sitemap-parser fills "2026-02" up with the day on which it runs; before Python 3.11 it was the first of the month.
#
# Guess:   sitemaps give dates in the W3C's format, which has a year alone and a year with a month. They come back as the first
#          day of it, or as nothing; in any case the same from the same file.
# Is so:   from Python 3.11 on the dates go through `datetime.fromisoformat`, which does not know these two forms, and then
#          through dateutil's guessing parser, which takes what is missing from today. On the 28th, "2026-02" is 28 February and
#          "2025" is the 28th of the present month; the next day both have changed. The path for older versions of Python
#          (`isoparse`) gives 1 February and 1 January. Full dates are right, and a zone stays.
# Matters: archives and old lists write just such dates, since they know no day. Who compares `last_modified` with the last visit
#          fetches these pages every day, and they seem to be newer than they are. Look at the length of `lastmod` yourself.
#
# Seen 28 November 2026 with ultimate-sitemap-parser 1.8.1, python-dateutil 2.9.0.post0, Python 3.11.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check ultimate-sitemap-parser==1.8.1 python-dateutil==2.9.0.post0

"$work/venv/bin/python" - >"$work/seen" <<'PY'
from calendar import monthrange
from datetime import date

import usp.helpers
from usp.tree import sitemap_from_str

MAP = ('<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>https://portal.example/archiv/</loc>'
       "<lastmod>{}</lastmod></url></urlset>")


def read(lastmod: str) -> str:
    [page] = sitemap_from_str(MAP.format(lastmod)).all_pages()
    return page.last_modified.isoformat()


def of_today(year: int, month: int) -> str:
    """Today's day in this month, or its last one."""
    return date(year, month, min(date.today().day, monthrange(year, month)[1])).isoformat() + "T00:00:00"


print("2026-02-03:", read("2026-02-03"))
print("2026-02-03T10:00+01:00:", read("2026-02-03T10:00+01:00"))
print("2026-02: the day is today's:", read("2026-02") == of_today(2026, 2))
print("2025: month and day are today's:", read("2025") == of_today(2025, date.today().month))
usp.helpers.HAS_DATETIME_NEW_ISOPARSER = False
print("as before Python 3.11: 2026-02 is", read("2026-02"), "and 2025 is", read("2025"))
PY

cat "$work/seen"
diff - "$work/seen" <<'SEEN' || { echo "changed: the parser reads short dates otherwise than noted here"; exit 1; }
2026-02-03: 2026-02-03T00:00:00
2026-02-03T10:00+01:00: 2026-02-03T10:00:00+01:00
2026-02: the day is today's: True
2025: month and day are today's: True
as before Python 3.11: 2026-02 is 2026-02-01T00:00:00 and 2025 is 2025-01-01T00:00:00
SEEN

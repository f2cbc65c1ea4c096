#!/usr/bin/env bash
# Babel shortens the month of a date range that was asked for in full, as soon as the range has a year.
#
# Guess:   skeleton "yMMMMd" (four M: the month in full) gives "3.–5. November 2026" with format_interval, as format_skeleton
#          gives "3. November 2026" for it and "MMMMd" gives "3.–5. November".
# Is so:   "3.–5. Nov. 2026". CLDR has no German range for "yMMMMd"; Babel takes the nearest, "yMMMd", and prints it as it is,
#          where the standard wants the width of the month put back. No error, and `fuzzy=False` does not give the month in full
#          either: it falls back to two whole dates with their seconds. Within a month the sign between is a bare en dash, across
#          months one between thin spaces (U+2009).
# Matters: dates of conferences and of calls for tenders, on a portal that writes its months in full: format both ends with
#          format_date and join them. (Babel's tracker knows the lost width as issue 803.)
#
# Seen 27 November 2026 with Babel 2.19.0, Python 3.11.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q babel==2.19.0

"$work/venv/bin/python" - >"$work/seen" <<'PY'
from datetime import datetime

from babel.dates import format_interval, format_skeleton

start, end, later = datetime(2026, 11, 3, 9), datetime(2026, 11, 5, 17), datetime(2026, 12, 5, 17)
for skeleton in ("yMMMd", "yMMMMd", "MMMMd"):
    print(skeleton, *(ascii(text) for text in (
        format_skeleton(skeleton, start, locale="de"),
        format_interval(start, end, skeleton, locale="de"),
        format_interval(start, later, skeleton, locale="de"),
    )), sep=" | ")
print("yMMMMd, not fuzzy |", ascii(format_interval(start, end, "yMMMMd", fuzzy=False, locale="de")))
PY

cat "$work/seen"
diff - "$work/seen" <<'SEEN' || { echo "changed: Babel writes date ranges otherwise than noted here"; exit 1; }
yMMMd | '3. Nov. 2026' | '3.\u20135. Nov. 2026' | '3. Nov.\u2009\u2013\u20095. Dez. 2026'
yMMMMd | '3. November 2026' | '3.\u20135. Nov. 2026' | '3. Nov.\u2009\u2013\u20095. Dez. 2026'
MMMMd | '3. November' | '3.\u20135. November' | '3. November\u2009\u2013\u20095. Dezember'
yMMMMd, not fuzzy | '03.11.2026, 09:00:00\u2009\u2013\u200905.11.2026, 17:00:00'
SEEN

#!/usr/bin/env bash
# extruct reads of a `time` element only the attribute where it is Microdata, and only the text where it is RDFa.
#
# Guess:   `datetime` if it is there, else the text: so HTML, Microdata and RDFa in HTML say in one voice, and extruct follows these
#          chapters closely otherwise (itemref, itemid, several types).
# Is so:   as Microdata, <time itemprop="startDate">2026-10-04</time> is an empty string; the same text in a `span` comes back. As
#          RDFa, `datetime="2026-10-04"` is passed over and "Sonntag" is the date. An event that carries both has its date in
#          one of the two answers, whichever way it is written, unless attribute and text are the same.
# Matters: the property is there, so a look for missing ones finds nothing amiss. Whoever collects dates from event pages and
#          archives should take the longer look: in Microdata at the text where the value is empty, in RDFa at the element.
#
# Seen 28 November 2026 with extruct 0.18.0, Python 3.11.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check extruct==0.18.0

"$work/venv/bin/python" - >"$work/seen" <<'PY'
import extruct

for start in (
    '<time {}="startDate" datetime="2026-10-04">Sonntag</time>',
    '<time {}="startDate">2026-10-04</time>',
    '<time {}="startDate">2026-10-04T10:00</time>',
    '<span {}="startDate">2026-10-04</span>',
):
    microdata = f'<div itemscope itemtype="https://schema.org/Event">{start.format("itemprop")}</div>'
    rdfa = f'<div vocab="https://schema.org/" typeof="Event">{start.format("property")}</div>'
    [event] = extruct.extract(microdata, syntaxes=["microdata"])["microdata"]
    found = extruct.extract(rdfa, syntaxes=["rdfa"])["rdfa"]
    dates = [value["@value"] for node in found for name, values in node.items() if name.endswith("startDate") for value in values]
    print(f"{start.format('itemprop')}: {event['properties']['startDate']!r}, as RDFa {dates[0]!r}")
PY

cat "$work/seen"
diff - "$work/seen" <<'SEEN' || { echo "changed: extruct reads time elements otherwise than noted here"; exit 1; }
<time itemprop="startDate" datetime="2026-10-04">Sonntag</time>: '2026-10-04', as RDFa 'Sonntag'
<time itemprop="startDate">2026-10-04</time>: '', as RDFa '2026-10-04'
<time itemprop="startDate">2026-10-04T10:00</time>: '', as RDFa '2026-10-04T10:00'
<span itemprop="startDate">2026-10-04</span>: '2026-10-04', as RDFa '2026-10-04'
SEEN

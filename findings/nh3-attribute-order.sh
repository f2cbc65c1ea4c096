#!/usr/bin/env bash
# nh3 writes the attributes that it sets itself in an order that differs from run to run.
#
# Guess:   `set_tag_attribute_values={"a": {"target": …, "data-kind": …}}` appends these in the order of the dict; at least in
#          one and the same order, since a sanitiser's output is a function of its arguments.
# Is so:   the attributes set are shuffled anew in each process. PYTHONHASHSEED=0 does not help, the order is not Python's.
#          Attributes of the text keep their order, and those set come behind them. One single attribute has one order only.
# Matters: two builds of the same article differ, and so do builds in several processes. Set one attribute at most this way, the
#          others after the cleaning.
#
# Seen 27 November 2026 with nh3 0.3.8, Python 3.11. Twenty processes: that all agree by chance is one in 24^19.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check nh3==0.3.8

cat >"$work/clean.py" <<'PY'
import sys

import nh3

SET = {"target": "_blank", "data-kind": "external", "referrerpolicy": "origin", "hreflang": "de"}
names = list(SET)[: int(sys.argv[1])]
print(nh3.clean('<a title="Zum Amt" href="https://stadt.example/">Amt</a>', tags={"a"}, link_rel=None,
                attributes={"a": {"href", "title"}}, set_tag_attribute_values={"a": {name: SET[name] for name in names}}))
PY

forms() {  # how many forms twenty processes write when they set $1 attributes
    for _ in $(seq 20); do PYTHONHASHSEED=0 "$work/venv/bin/python" "$work/clean.py" "$1"; done | sort -u
}

forms 1 >"$work/one"
forms 4 >"$work/four"
{
    echo "one attribute set:"
    cat "$work/one"
    echo "four attributes set, more than one form: $([ "$(wc -l <"$work/four")" -gt 1 ] && echo yes || echo no)"
    echo "four attributes set, behind those of the text:"
    sed 's|\(stadt.example/"\) .*|\1|' "$work/four" | sort -u
} >"$work/seen"

cat "$work/seen"
echo "-- forms seen this time: $(wc -l <"$work/four"), such as"
head -n 2 "$work/four"
diff - "$work/seen" <<'SEEN' || { echo "changed: nh3 orders attributes otherwise than noted here"; exit 1; }
one attribute set:
<a title="Zum Amt" href="https://stadt.example/" target="_blank">Amt</a>
four attributes set, more than one form: yes
four attributes set, behind those of the text:
<a title="Zum Amt" href="https://stadt.example/"
SEEN

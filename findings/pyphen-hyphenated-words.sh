#!/usr/bin/env bash
# Pyphen puts break points on both sides of a hyphen that stands in a German word, and into the abbreviation before it.
#
# Guess:   "IT-Planungsrat" breaks as its parts would: "Pla-nungs-rat", nothing beside the hyphen, two letters at least left alone
#          on each side, and "OZG" stays whole.
# Is so:   the dictionary declares the hyphen a border between parts (the pattern `1-1` before NEXTLEVEL) at which nothing is to
#          be inserted (`NOHYPHEN -,'`). Pyphen knows neither keyword: `1-1` becomes a pattern like others. So the word breaks
#          before its hyphen and after it (with a second hyphen), and the two letters left alone are counted from the ends of the
#          whole: "OZ-G", "Bun-d". The Dutch dictionary has no such lines and breaks these German words rightly.
# Matters: a news portal writes E-Akte, OZG-Umsetzung, Bund-Länder-Portal in headlines. With soft hyphens from Pyphen a line ends
#          in "Bun-" or begins with "-Länder". Split at hyphens first, and give Pyphen the parts.
#
# Seen 27 November 2026 with Pyphen 0.18.1 and its dictionaries, Python 3.11.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check pyphen==0.18.1

"$work/venv/bin/python" - >"$work/seen" <<'PY'
import pyphen

words = ("IT-Planungsrat", "E-Akte", "OZG-Umsetzung", "Bund-Länder-Portal", "Onlinezugangsgesetz")
for language in ("de_DE", "nl_NL"):
    dictionary = pyphen.Pyphen(lang=language)
    print(f"{language}:", *(dictionary.inserted(word, hyphen="|") for word in words))
german = pyphen.Pyphen(lang="de_DE")
print("parts:", *("-".join(german.inserted(part, hyphen="|") for part in word.split("-")) for word in words))
source = pyphen.LANGUAGES["de_DE"].read_text("latin-1").splitlines()
print("dictionary:", *(line for line in source if line in ("1-1", "NEXTLEVEL") or line.startswith("NOHYPHEN")))
PY

cat "$work/seen"
diff - "$work/seen" <<'SEEN' || { echo "changed: Pyphen breaks words with hyphens otherwise than noted here"; exit 1; }
de_DE: IT|-|Pla|nungs|rat E-|Ak|te OZ|G|-|Um|set|zung Bun|d|-|Län|der|-|Por|tal On|li|ne|zu|gangs|ge|setz
nl_NL: IT-Pla|nungs|rat E-Ak|te OZG-Um|set|zung Bund-Län|der-Por|tal On|li|ne|zu|gangs|ge|setz
parts: IT-Pla|nungs|rat E-Ak|te OZG-Um|set|zung Bund-Län|der-Por|tal On|li|ne|zu|gangs|ge|setz
dictionary: NOHYPHEN -,' 1-1 NEXTLEVEL
SEEN

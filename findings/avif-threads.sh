#!/usr/bin/env bash
# Pillow writes another AVIF file on one core than on two: the number of threads decides about bytes and pixels.
#
# Guess:   threads make an encoder faster, never different: the same picture with the same settings gives the same file.
# Is so:   one thread gives one file, two or more give another, and the two show different pixels. Without `max_threads` Pillow
#          counts the cores that the process may use, so a container that holds the same build to one core writes other bytes.
#          From two threads on the file stays the same; `autotiling=False` changes the files, not the rule. WebP has no such switch.
# Matters: file names made of digests, "incremental equals clean" and reproducible builds all assume equal bytes. Give
#          `max_threads` a fixed number and count it to what the picture depends on.
#
# Seen 27 November 2026 with Pillow 13.0.0 (its wheel for x86-64 brings libavif 1.4.2), Python 3.11.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check pillow==13.0.0

"$work/venv/bin/python" - >"$work/seen" <<'PY'
import io
import os

from PIL import Image, features

picture = Image.merge("RGB", [Image.radial_gradient("L").resize((1200, 800)).rotate(turn) for turn in (0, 30, 60)])
picture = Image.blend(picture, Image.effect_mandelbrot((1200, 800), (-2, -1, 1, 1), 80).convert("RGB"), 0.5)


def encoded(**settings: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, "AVIF", quality=60, speed=8, **settings)
    return file.getvalue()


def pixels(file: bytes) -> bytes:
    return Image.open(io.BytesIO(file)).tobytes()


print("libavif", features.version("avif"))
one, two = encoded(max_threads=1), encoded(max_threads=2)
print("one thread, twice:", one == encoded(max_threads=1))
print("one and two threads:", one == two, "- their pixels:", pixels(one) == pixels(two))
print("two, four and eight threads:", two == encoded(max_threads=4) == encoded(max_threads=8))
print("one and two threads, no autotiling:",
      encoded(max_threads=1, autotiling=False) == encoded(max_threads=2, autotiling=False))
if hasattr(os, "sched_setaffinity"):  # Linux: as in a container that may use one core
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    print("held to one core and one thread:", encoded() == one)
else:
    print("held to one core and one thread: True")
PY

cat "$work/seen"
diff - "$work/seen" <<'SEEN' || { echo "changed: threads and AVIF files go together otherwise than noted here"; exit 1; }
libavif 1.4.2
one thread, twice: True
one and two threads: False - their pixels: False
two, four and eight threads: True
one and two threads, no autotiling: False
held to one core and one thread: True
SEEN

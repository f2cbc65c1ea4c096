"""Pictures: what is known of a file, which files will be made of it, and these files.

A picture is looked at once, and is then known by its digest.  Which files it becomes follows from
that alone, so a page can name their addresses before any is made.  Whatever a camera or a program
wrote beside the picture (the place, the owner, a thumbnail, a colour profile) is in none of them.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, Final, Literal

import msgspec
from PIL import Image, features
from PIL import __version__ as _pillow

from generator.base import digests
from generator.base.problems import PortalError, Problem, problem
from generator.base.scan import LONGEST, read_bytes
from generator.media import pixels, png, svg

Format = Literal["jpeg", "png", "webp", "gif", "avif", "svg"]
Use = Literal["page", "fallback", "social", "moving"]

WIDTHS: Final = (480, 800, 1200, 1600)
"""Of the files that a page offers, so that each browser takes what fits its window."""
FALLBACK: Final = 1200
"""Width of the one file for programs that know neither AVIF nor WebP: feed readers, PDF."""
SOCIAL: Final = (1200, 630)
"""What social networks show; what is smaller than half of it they show as a thumbnail."""
MEGAPIXELS: Final = 50
"""Of a picture; a telephone's has 12 to 50."""
MEGAPIXELS_MOVING: Final = 100
"""Of all frames of a moving picture together."""
SIDE: Final = 16_383
"""Pixels of a side: the most that WebP can hold."""
VERSION: Final = 2
"""Of this module, `pixels`, `png` and `svg`: a higher one gives every file a new name."""

_OPENED: Final = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
_ABOVE_MIDDLE: Final = 0.4
"""Where the crop takes what is too high: faces and roofs are above the middle."""

# Measured on photographs and grainy illustrations 1,200 pixels wide: the three are equally close to
# the original (37.5 to 38.5 dB).  AVIF's bytes depend on the number of threads.
_ENCODING: Final[dict[str, dict[str, Any]]] = {
    "jpeg": {"quality": 80, "progressive": True, "optimize": True},
    "png": {"compress_level": 9},
    "webp": {"quality": 77, "method": 4},
    "avif": {"quality": 55, "speed": 8, "max_threads": 1},
}
# Lossy formats blur letters and cost more than lossless ones do on flat colours.
_ENCODING_FLAT: Final[dict[str, dict[str, Any]]] = _ENCODING | {
    "jpeg": {"quality": 88, "subsampling": 0, "progressive": True, "optimize": True},
    "webp": {"lossless": True, "quality": 75, "method": 4},
}
_ENCODING_INSIDE = _ENCODING | {"jpeg": {"quality": 92}}
_ENDINGS: Final[dict[Format, str]] = {"jpeg": "jpg"}

_KNOWN: Final = (
    (0, b"\xff\xd8"), (0, b"\x89PNG"), (0, b"GIF8"), (8, b"WEBP"), (8, b"avif"), (8, b"avis")
)  # fmt: skip
_FOREIGN: Final = (
    (0, b"II*\0", "TIFF", "JPEG"),
    (0, b"MM\0*", "TIFF", "JPEG"),
    (0, b"8BPS", "Photoshop", "JPEG"),
    (0, b"BM", "BMP", "PNG"),
    (0, b"\0\0\1\0", "ICO", "PNG"),
    (0, b"%PDF", "PDF", "SVG / PNG"),
    (0, b"%!PS", "PostScript", "SVG / PNG"),
    (0, b"\xc5\xd0\xd3\xc6", "EPS", "SVG / PNG"),
    (0, b"\x1f\x8b", "SVGZ / gzip", "SVG"),
    (0, b"\xff\x0a", "JPEG XL", "JPEG"),
    (4, b"JXL ", "JPEG XL", "JPEG"),
    (4, b"jP  ", "JPEG 2000", "JPEG"),
    *((8, mark, "HEIC", "JPEG") for mark in (b"hei", b"hev", b"mif1", b"msf1")),
)
"""Pictures that an editor may well have but browsers do not show: by the bytes at a place."""

_BLINK: Final = 10
"""Milliseconds: what claims to be shown no longer than this browsers show ten times as long."""

_Box = tuple[float, float, float, float]


class Original(msgspec.Struct, frozen=True, array_like=True):
    """What is known of a picture without keeping it; `width` and `height` are as shown.

    `flat` is line art: a screenshot, a diagram, a logo.  `problems` are warnings, at the path under
    which the picture was looked at.
    """

    width: int
    height: int
    format: Format
    moving: bool = False
    transparent: bool = False
    flat: bool = False
    problems: tuple[Problem, ...] = ()


class Variant(msgspec.Struct, frozen=True, array_like=True):
    """A file to be made of a picture: for `page` in several widths, for `fallback` the one that
    everything can show (of a moving picture its first frame), for `social` cut to shape, for
    `moving` with all frames.
    """

    width: int
    height: int
    format: Format
    use: Use
    name: str


def read(file: Path) -> bytes:
    """The bytes of a picture.  PortalError: it cannot be read; the problem's path is empty."""
    try:
        return read_bytes(file, "")
    except PortalError as error:
        limit = LONGEST // 1_000_000
        raise PortalError((problem("picture-unreadable", limit=limit),)) from error


def look(data: bytes, path: str) -> Original:
    """What there is to know of the picture `data`.

    It is decoded, if only coarsely where the format allows that: a file that was cut off while
    it was copied shows it nowhere else.  PortalError: it is damaged, too large, of a format that
    browsers do not show, or no picture; the problem is at `path`.
    """
    if not data.strip(b"\0"):
        raise PortalError((problem("picture-empty", path),))
    if svg.is_svg(data):
        drawing = svg.sanitised(data, path, _inside)
        removed = ", ".join(drawing.removed)
        notes = (
            (problem("drawing-cleaned", path, drawing.line, removed=removed),) if removed else ()
        )
        return Original(drawing.width, drawing.height, "svg", transparent=True, problems=notes)
    with _opened(data, path) as image:
        frames = pixels.frames(image)
        area = image.width * image.height
        if area > MEGAPIXELS * 1_000_000 or max(image.size) > SIDE:
            raise _huge(path)
        if frames > 1 and frames * area > MEGAPIXELS_MOVING * 1_000_000:
            raise PortalError((problem("picture-too-long", path, megapixels=MEGAPIXELS_MOVING),))
        lies = pixels.orientation(image) in pixels.SIDEWAYS
        width, height = image.size[::-1] if lies else image.size
        name = "JPEG" if image.format == "MPO" else str(image.format)
        written = msgspec.convert(name.lower(), Format)
        if written == "jpeg":
            image.draft(image.mode, (max(1, image.width // 8), max(1, image.height // 8)))
            image.load()
            return Original(width, height, "jpeg")
        all_frames = pixels.shown_frames(image)
        shown = pixels.expanded(next(all_frames))
        transparent = shown.mode == "RGBA" and shown.getchannel("A").getextrema() != (255, 255)
        flat = pixels.is_flat(shown)
        for frame in all_frames:
            frame.load()  # a later one may be cut off
        return Original(width, height, written, frames > 1, transparent, flat)


def variants(digest: bytes, picture: Original, stem: str) -> tuple[Variant, ...]:
    """The files that are made of `picture`, whose bytes have the `digest`; names begin with `stem`.

    Sources for a page come in the order in which it offers them: AVIF, then WebP, narrow ones
    first.  A drawing is only its own fall-back.
    """

    def variant(size: tuple[int, int], made: Format, use: Use) -> Variant:
        settings = (VERSION, _libraries(made), _encoding(made, picture.flat))
        known = digests.of_value((digest, size, made, use, settings)).hex()[:10]
        label = "social" if use == "social" else str(size[0])
        return Variant(*size, made, use, f"{stem}-{label}.{known}.{_ENDINGS.get(made, made)}")

    if picture.format == "svg":
        return (variant((picture.width, picture.height), "svg", "fallback"),)
    fallback = variant(
        _scaled(picture, FALLBACK),
        "png" if picture.transparent or picture.flat else "jpeg",
        "fallback",
    )
    social = variant(_social(picture)[0], "jpeg", "social")
    if picture.moving:
        return (variant(_scaled(picture, FALLBACK), "webp", "moving"), fallback, social)
    offered: tuple[Format, ...] = ("webp",) if picture.flat else ("avif", "webp")
    sizes = sorted({_scaled(picture, width) for width in WIDTHS})
    return (*(variant(size, made, "page") for made in offered for size in sizes), fallback, social)


def make(data: bytes, picture: Original, variant: Variant) -> bytes:
    """The bytes of `variant`, one of the `variants` of `picture`, which `data` holds.

    The same for the same arguments in every process; upright, in sRGB, without any metadata.
    PortalError: the picture is damaged; the problem's path is empty.
    """
    if variant.format == "svg":
        return svg.sanitised(data, "", _inside).data
    size = variant.width, variant.height
    encoding = _encoding(variant.format, picture.flat)
    with _opened(data, "") as image:
        if variant.use == "moving":
            shown, timing = _moving(image, size)
            encoding = encoding | timing
        elif variant.use == "social":
            shown = _shown(image, picture, size, _social(picture)[1])
        else:
            shown = _shown(image, picture, size, (0, 0, picture.width, picture.height))
    return _encoded(shown, variant.format, encoding)


def _scaled(picture: Original, width: int) -> tuple[int, int]:
    """The size of `picture` at `width`, or its own where that is smaller."""
    if picture.width <= width:
        return picture.width, picture.height
    return width, max(1, round(picture.height * width / picture.width))


def _social(picture: Original) -> tuple[tuple[int, int], _Box]:
    """The size of the picture for social networks, and what of the original it shows."""
    width, height = float(picture.width), float(picture.height)
    # The side that is kept whole is not calculated: rounded up, it would lie outside.
    if picture.width * SOCIAL[1] > picture.height * SOCIAL[0]:
        width = height * SOCIAL[0] / SOCIAL[1]
    else:
        height = width * SOCIAL[1] / SOCIAL[0]
    left, top = (picture.width - width) / 2, (picture.height - height) * _ABOVE_MIDDLE
    shown = min(SOCIAL[0], max(SOCIAL[0] // 2, round(width)))
    return (shown, round(shown * SOCIAL[1] / SOCIAL[0])), (left, top, left + width, top + height)


def _encoding(made: Format, flat: bool) -> dict[str, Any]:
    return (_ENCODING_FLAT if flat else _ENCODING).get(made, {})


@cache
def _libraries(made: Format) -> tuple[str, ...]:
    """The versions of what decides on the bytes of a file of this format."""
    names = {"jpeg": "libjpeg_turbo", "png": "zlib", "webp": "webp", "avif": "avif"}
    return (_pillow, features.version(names[made]) or "") if made in names else ()


@contextmanager
def _opened(data: bytes, path: str) -> Iterator[Image.Image]:
    """The picture in `data`, its header read.  PortalError instead of whatever a decoder raises."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(png.plain(data)), formats=_OPENED) as image:
                yield image
    except (PortalError, MemoryError):
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _huge(path) from None
    except Exception as error:  # a decoder that is fed with anything raises anything
        raise PortalError((_undecoded(data, path),)) from error


def _undecoded(data: bytes, path: str) -> Problem:
    """Why there is no decoding `data`."""
    if any(data.startswith(mark, place) for place, mark in _KNOWN):
        return problem("picture-broken", path)
    for place, mark, name, instead in _FOREIGN:
        if data.startswith(mark, place):
            return problem("picture-foreign", path, format=name, instead=instead)
    return problem("picture-unknown", path)


def _huge(path: str) -> PortalError:
    return PortalError((problem("picture-huge", path, megapixels=MEGAPIXELS, side=SIDE),))


def _shown(image: Image.Image, picture: Original, size: tuple[int, int], box: _Box) -> Image.Image:
    """What `box` of the picture shows, upright, at this size, as RGB or RGBA."""
    factor = 2 * size[0] / (box[2] - box[0])
    if factor < 1:  # JPEG decodes to a half or a quarter faster than to everything
        image.draft(
            image.mode, (max(1, int(image.width * factor)), max(1, int(image.height * factor)))
        )
    upright = pixels.upright(next(pixels.shown_frames(image)))
    across, down = upright.width / picture.width, upright.height / picture.height
    right, below = min(box[2] * across, upright.width), min(box[3] * down, upright.height)
    part = (box[0] * across, box[1] * down, right, below)
    resized = upright.resize(size, Image.Resampling.LANCZOS, part, reducing_gap=3.0)
    return pixels.in_srgb(resized, image)


def _moving(image: Image.Image, size: tuple[int, int]) -> tuple[Image.Image, dict[str, Any]]:
    """The first frame, and what the encoder has to know of the others."""
    loop: int | None = image.info.get("loop")
    if image.format == "GIF":  # runs once if it says nothing, and three times if it says two
        loop = 1 if loop is None else loop and loop + 1
    frames, durations = [], []
    for frame in pixels.shown_frames(image):
        resized = pixels.upright(frame).resize(size, Image.Resampling.LANCZOS)
        frames.append(pixels.in_srgb(resized, frame).convert("RGBA"))
        duration = round(frame.info.get("duration", 0))
        durations.append(duration if duration > _BLINK else 10 * _BLINK)
    rest = {"save_all": True, "append_images": frames[1:], "duration": durations, "loop": loop or 0}
    return frames[0], rest


def _encoded(image: Image.Image, made: Format, encoding: dict[str, Any]) -> bytes:
    if made == "jpeg" and image.mode == "RGBA":
        ground = Image.new("RGB", image.size, "white")
        ground.paste(image, mask=image.getchannel("A"))
        image = ground
    file = BytesIO()
    image.save(file, made.upper(), **encoding)
    return file.getvalue()


def _inside(data: bytes) -> tuple[str, bytes] | None:
    """A picture inside a drawing: its format and its bytes without metadata; None if it is none."""
    try:
        picture = look(data, "")
        if picture.format == "svg":
            return None
        with _opened(data, "") as image:
            size = picture.width, picture.height
            shown = _shown(image, picture, size, (0, 0, *size))
    except PortalError:
        return None
    made: Format = "jpeg" if picture.format == "jpeg" else "png"
    return made, _encoded(shown, made, _ENCODING_INSIDE[made])

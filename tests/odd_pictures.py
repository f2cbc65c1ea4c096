"""Sound pictures of every odd kind, as cameras, scanners, converters write them."""

import struct
import zlib
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from io import BytesIO
from typing import Any, Final

from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

SIZE: Final = (96, 64)
CORNERS: Final = ((220, 40, 30), (40, 190, 60), (30, 60, 220), (240, 240, 240))
"""Upper left, upper right, lower left, lower right."""
GREYS: Final = (40, 200, 120, 255)

GREY, RGB, PALETTE, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6
"""PNG's own numbers for what a pixel is."""
_CHANNELS: Final = {GREY: 1, RGB: 3, PALETTE: 1, GREY_ALPHA: 2, RGBA: 4}
_ADAM7: Final = (
    (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)
)  # fmt: skip
"""Of each pass of an interlaced PNG: its first pixel across and down, and the steps."""

Pixel = tuple[int, ...]


def corner(x: int, y: int) -> int:
    """In which quarter of the picture a pixel lies."""
    return (x >= SIZE[0] // 2) + 2 * (y >= SIZE[1] // 2)


def chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk of a PNG file."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(
    kind: int,
    bits: int,
    values: Iterable[Pixel],
    *,
    extra: Iterable[tuple[bytes, bytes]] = (),
    late: bytes = b"",
    interlaced: bool = False,
) -> bytes:
    """A PNG file of any kind and depth, its quarters filled with `values`; Pillow writes few.

    `extra` are chunks before the pixels, `late` is what stands behind the end.
    """
    four = tuple(values)
    passes = _ADAM7 if interlaced else ((0, 0, 1, 1),)
    lines = bytearray()
    for left, top, across, down in passes:
        for y in range(top, SIZE[1], down):
            row = [four[corner(x, y)] for x in range(left, SIZE[0], across)]
            if row:
                lines += b"\0" + _packed(row, bits)
    header = struct.pack(">IIBBBBB", *SIZE, bits, kind, 0, 0, interlaced)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + b"".join(chunk(*one) for one in extra)
        + chunk(b"IDAT", zlib.compress(bytes(lines)))
        + chunk(b"IEND", b"")
        + late
    )


def _packed(row: Iterable[Pixel], bits: int) -> bytes:
    """The samples of a row, the first one in the highest bits."""
    samples = [sample for pixel in row for sample in pixel]
    if bits == 16:
        return struct.pack(f">{len(samples)}H", *samples)
    each = 8 // bits
    samples += [0] * (-len(samples) % each)
    return bytes(
        sum(value << (8 - bits * (place + 1)) for place, value in enumerate(samples[start:][:each]))
        for start in range(0, len(samples), each)
    )


def grey(value: int) -> bytes:
    return struct.pack(">H", value)


def quarters(mode: str = "RGB", values: Iterable[Any] = CORNERS) -> Image.Image:
    """The picture as Pillow knows it."""
    made = Image.new(mode, (2, 2))
    for place, value in enumerate(values):
        made.putpixel((place % 2, place // 2), value)
    return made.resize(SIZE, Image.Resampling.NEAREST)


def saved(image: Image.Image, form: str, **options: Any) -> bytes:
    file = BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def exif(orientation: int, *, more: int = 0) -> Image.Exif:
    made = Image.Exif()
    made[0x0112] = orientation
    if more:
        made[0x010E] = "x" * more
    return made


def typed_exif(kind: int) -> bytes:
    """EXIF that gives the orientation 6 as a number of some type; browsers take type 3 alone."""
    entry = struct.pack("<HHII", 0x0112, kind, 1, 6)
    return b"Exif\0\0II*\0\x08\0\0\0\1\0" + entry + bytes(4)


def xmp(orientation: int) -> bytes:
    """What Adobe's programs write beside a picture."""
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
        f'xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="{orientation}"/>'
        "</rdf:RDF></x:xmpmeta>"
    ).encode()


def moved(form: str, **options: Any) -> bytes:
    """A moving picture of three frames."""
    frames = [
        quarters(),
        quarters(values=CORNERS[::-1]),
        quarters(values=CORNERS[1:] + CORNERS[:1]),
    ]
    return saved(
        frames[0], form, save_all=True, append_images=frames[1:], duration=200, loop=0, **options
    )


def _png_with_text(key: str, text: str, *, packed: bool = False) -> bytes:
    notes = PngInfo()
    notes.add_text(key, text, zip=packed)
    return saved(quarters(), "PNG", pnginfo=notes)


def _raw_profile() -> bytes:
    """ImageMagick's way to keep EXIF in a PNG, from before there was a chunk for it."""
    told = exif(6).tobytes().hex()
    return _png_with_text("Raw profile type exif", f"\nexif\n{len(told) // 2:8}\n{told}\n")


def _not_the_first() -> bytes:
    """An animated PNG whose picture for old programs is no frame."""
    frames = [quarters(values=CORNERS[::-1]), quarters(), quarters()]
    frames[2].paste((0, 0, 0), (0, 0, 9, 9))
    return saved(
        frames[0], "PNG", save_all=True, append_images=frames[1:], duration=500, loop=0,
        default_image=True,
    )  # fmt: skip


def _only_the_second() -> bytes:
    """The same with one frame: it does not move."""
    return saved(
        quarters(values=CORNERS[::-1]), "PNG", save_all=True, append_images=[quarters()],
        duration=500, default_image=True,
    )  # fmt: skip


def _late_exif() -> bytes:
    """A PNG with its EXIF behind the pixels."""
    whole = png(RGB, 8, CORNERS)
    told = chunk(b"eXIf", exif(6).tobytes().removeprefix(b"Exif\0\0"))
    return whole[:-12] + told + whole[-12:]


def _profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def _cmyk() -> Image.Image:
    return quarters("CMYK", [(0, 200, 200, 20), (200, 0, 180, 30), (220, 190, 0, 10), (0, 0, 0, 0)])


def _without(data: bytes, marker: int) -> bytes:
    """A JPEG file without the segments of a marker."""
    place, kept = 2, [data[:2]]
    while data[place + 1] != 0xDA:
        end = place + 2 + int.from_bytes(data[place + 2 : place + 4], "big")
        if data[place + 1] != marker:
            kept.append(data[place:end])
        place = end
    return b"".join((*kept, data[place:]))


_DEEP: Final = tuple(tuple(value * 257 for value in colour) for colour in CORNERS)
_CLEAR: Final = tuple(
    (*colour, alpha) for colour, alpha in zip(CORNERS, (255, 0, 128, 255), strict=True)
)
_DEEP_CLEAR: Final = tuple(tuple(value * 257 for value in colour) for colour in _CLEAR)
_BIG_PALETTE: Final = b"".join(bytes(colour) for colour in CORNERS)

SOUND: Final[Mapping[str, Callable[[], bytes]]] = {
    **{
        f"png-grey-{bits}": partial(png, GREY, bits, [(0,), (1,), ((1 << bits) - 1,), (0,)])
        for bits in (1, 2, 4, 8, 16)
    },
    **{
        f"png-grey-{bits}-key": partial(
            png,
            GREY,
            bits,
            [(value >> 16 - bits,) for value in (0x2345, 0xC6F1, 0x7A00, 0xFFFF)],
            extra=[(b"tRNS", grey(0xC6F1 >> 16 - bits))],
        )
        for bits in (1, 2, 4, 8, 16)
    },
    "png-grey-16-key-0": partial(
        png, GREY, 16, [(0,), (200,), (30_000,), (65_535,)], extra=[(b"tRNS", grey(0))]
    ),
    "png-rgb-8-key": partial(
        png, RGB, 8, CORNERS, extra=[(b"tRNS", b"".join(map(grey, CORNERS[1])))]
    ),
    "png-rgb-16": partial(png, RGB, 16, _DEEP),
    "png-rgb-16-key": partial(
        png, RGB, 16, _DEEP, extra=[(b"tRNS", b"".join(map(grey, _DEEP[1])))]
    ),
    "png-grey-alpha-8": partial(png, GREY_ALPHA, 8, [(40, 255), (200, 0), (120, 128), (255, 255)]),
    "png-grey-alpha-16": partial(
        png, GREY_ALPHA, 16, [(9_000, 65_535), (200, 0), (30_000, 32_768), (65_535, 65_535)]
    ),
    "png-rgba-8": partial(png, RGBA, 8, _CLEAR),
    "png-rgba-16": partial(png, RGBA, 16, _DEEP_CLEAR),
    **{
        f"png-palette-{bits}": partial(
            png,
            PALETTE,
            bits,
            [(0,), (1,), (2,), (3,)],
            extra=[(b"PLTE", _BIG_PALETTE), (b"tRNS", b"\xff\0\x80")],
        )
        for bits in (2, 4, 8)
    },
    "png-palette-opaque": partial(
        png, PALETTE, 8, [(0,), (1,), (2,), (3,)], extra=[(b"PLTE", _BIG_PALETTE)]
    ),
    "png-palette-one-key": partial(
        png,
        PALETTE,
        8,
        [(0,), (1,), (2,), (3,)],
        extra=[(b"PLTE", _BIG_PALETTE), (b"tRNS", b"\xff\0")],
    ),
    "png-interlaced": partial(png, RGB, 8, CORNERS, interlaced=True),
    "png-interlaced-16": partial(
        png, GREY, 16, [(0,), (20_000,), (40_000,), (65_535,)], interlaced=True
    ),
    "png-interlaced-1": partial(png, GREY, 1, [(0,), (1,), (1,), (0,)], interlaced=True),
    "png-behind-the-end": partial(png, RGB, 8, CORNERS, late=b"\0" * 700 + b"rest"),
    "png-gamma-usual": partial(png, RGB, 8, CORNERS, extra=[(b"gAMA", struct.pack(">I", 45_455))]),
    "png-gamma-linear": partial(
        png, RGB, 8, CORNERS, extra=[(b"gAMA", struct.pack(">I", 100_000))]
    ),
    "png-srgb-and-gamma": partial(
        png,
        RGB,
        8,
        CORNERS,
        extra=[(b"sRGB", b"\0"), (b"gAMA", struct.pack(">I", 100_000))],
    ),
    "png-exif": lambda: saved(quarters(), "PNG", exif=exif(6)),
    "png-late-exif": _late_exif,
    "png-rgb-16-other-key": partial(
        png,
        RGB,
        16,
        [_DEEP[0], (4_660, 22_136, 39_612), *_DEEP[2:]],
        extra=[(b"tRNS", grey(4_660) + grey(22_136) + grey(39_612))],
    ),
    "png-raw-profile": _raw_profile,
    "png-xmp": lambda: _png_with_text("XML:com.adobe.xmp", xmp(6).decode()),
    "png-long-text": lambda: _png_with_text("Comment", "lang " * 600_000, packed=True),
    "png-many-texts": lambda: png(
        RGB,
        8,
        CORNERS,
        extra=[(b"zTXt", b"Note\0\0" + zlib.compress(b"lang" * 250_000))] * 80,
    ),
    "png-text-crc": lambda: _png_with_text("Comment", "Notiz").replace(b"Notiz", b"Motiz"),
    "png-moving": lambda: moved("PNG"),
    "png-moving-exif": lambda: moved("PNG", exif=exif(6)),
    "png-moving-not-the-first": _not_the_first,
    "png-only-the-second": _only_the_second,
    "png-bad-profile": partial(
        png, RGB, 8, CORNERS, extra=[(b"iCCP", b"x\0\0" + zlib.compress(b"kein Profil"))]
    ),
    "png-cut-profile": partial(
        png, RGB, 8, CORNERS, extra=[(b"iCCP", b"x\0\0" + zlib.compress(_profile())[:200])]
    ),
    "png-grey-rgb-profile": partial(
        png,
        GREY,
        8,
        [(value,) for value in GREYS],
        extra=[(b"iCCP", b"x\0\0" + zlib.compress(_profile()))],
    ),
    **{
        f"{form.lower()}-{way}-{number}": partial(
            saved, quarters(), form, quality=95, **{way: value(number)}
        )
        for form in ("JPEG", "WEBP", "AVIF")
        for way, value in (("exif", exif), ("xmp", xmp))
        for number in (3, 6, 8)
    },
    "jpeg-exif-and-xmp": lambda: saved(quarters(), "JPEG", quality=95, exif=exif(8), xmp=xmp(6)),
    "jpeg-exif-1-and-xmp": lambda: saved(quarters(), "JPEG", quality=95, exif=exif(1), xmp=xmp(6)),
    "jpeg-typed-exif-3": lambda: saved(quarters(), "JPEG", quality=95, exif=typed_exif(3)),
    "jpeg-typed-exif-4": lambda: saved(quarters(), "JPEG", quality=95, exif=typed_exif(4)),
    "jpeg-cut-exif": lambda: saved(quarters(), "JPEG", quality=95, exif=typed_exif(3)[:-7]),
    "jpeg-huge-exif": lambda: saved(quarters(), "JPEG", quality=95, exif=exif(6, more=60_000)),
    "jpeg-grey": lambda: saved(quarters("L", GREYS), "JPEG", quality=95),
    "jpeg-grey-exif": lambda: saved(quarters("L", GREYS), "JPEG", quality=95, exif=exif(6)),
    "jpeg-grey-rgb-profile": lambda: saved(
        quarters("L", GREYS), "JPEG", quality=95, icc_profile=_profile()
    ),
    "jpeg-progressive": lambda: saved(quarters(), "JPEG", quality=95, progressive=True),
    "jpeg-progressive-exif": lambda: saved(
        quarters(), "JPEG", quality=95, progressive=True, exif=exif(5)
    ),
    "jpeg-cmyk": lambda: saved(_cmyk(), "JPEG", quality=95),
    "jpeg-cmyk-unmarked": lambda: _without(saved(_cmyk(), "JPEG", quality=95), 0xEE),
    "jpeg-cmyk-exif": lambda: saved(_cmyk(), "JPEG", quality=95, exif=exif(6)),
    "jpeg-rgb": lambda: saved(quarters(), "JPEG", quality=95, keep_rgb=True),
    "jpeg-bad-profile": lambda: saved(quarters(), "JPEG", quality=95, icc_profile=b"kein Profil"),
    "jpeg-behind-the-end": lambda: saved(quarters(), "JPEG", quality=95) + b"\0" * 900,
    "jpeg-mpo": lambda: saved(
        quarters(), "MPO", quality=95, save_all=True, append_images=[quarters(values=CORNERS[::-1])]
    ),
    "jpeg-mpo-exif": lambda: saved(
        quarters(), "MPO", quality=95, save_all=True, append_images=[quarters()], exif=exif(6)
    ),
    "webp-alpha": lambda: saved(
        quarters("RGBA", _CLEAR),
        "WEBP",
        lossless=True,
    ),
    "webp-moving": lambda: moved("WEBP", lossless=True),
    **{
        f"webp-moving-exif-{number}": partial(moved, "WEBP", lossless=True, exif=exif(number))
        for number in (3, 6)
    },
    "webp-moving-xmp": lambda: moved("WEBP", lossless=True, xmp=xmp(6)),
    "avif-alpha": lambda: saved(
        quarters("RGBA", _CLEAR),
        "AVIF",
        quality=95,
    ),
    "avif-moving": lambda: moved("AVIF", quality=95),
    "gif": lambda: saved(quarters(), "GIF"),
    "gif-grey": lambda: saved(quarters("L", GREYS), "GIF"),
    "gif-key": lambda: saved(quarters("P", (0, 1, 2, 3)), "GIF", transparency=1),
    "gif-moving": lambda: moved("GIF"),
}

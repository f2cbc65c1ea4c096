"""What a picture's file means: which frames are shown, upright, and in which colours.

Pillow gives the samples of a file as they stand there.  A browser shows them turned, with colours
that a profile explains, and leaves out frames that are for other programs.
"""

from collections.abc import Iterator
from functools import reduce
from io import BytesIO
from itertools import islice
from typing import Final, Literal

from PIL import Image, ImageChops, ImageCms, ImageSequence

_FLAT: Final = 0.6
"""The share of pixels equal to their neighbour from which on a picture is line art."""
_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What puts a picture upright, by EXIF's orientation."""
SIDEWAYS: Final = frozenset({5, 6, 7, 8})
_ORIENTATION: Final = 0x0112
"""EXIF's name for how a picture lies: one number of the type `_SHORT`."""
_SHORT: Final = 3
_ORDERS: Final[dict[bytes, Literal["little", "big"]]] = {b"II": "little", b"MM": "big"}
"""How EXIF tells in which order the bytes of its numbers stand."""
_GAMMA: Final = 1 / 2.2
"""How PNG files tell that their samples are as screens want them, which is nearly sRGB."""
_NEAR: Final = 0.02
_DARK: Final = 0.0031308
"""The amount of light below which sRGB's samples grow with it."""


def frames(image: Image.Image) -> int:
    """How many pictures a browser shows one after the other."""
    if image.format == "MPO":  # a camera's two pictures for two eyes
        return 1
    return int(getattr(image, "n_frames", 1)) - _has_substitute(image)


def _has_substitute(image: Image.Image) -> bool:
    """Whether a moving PNG begins with a picture for programs that cannot show it moving."""
    return bool(getattr(image, "default_image", False))


def shown_frames(image: Image.Image) -> Iterator[Image.Image]:
    """The same picture at each frame that a browser shows."""
    if image.format == "MPO":
        return iter((image,))
    return islice(ImageSequence.Iterator(image), int(_has_substitute(image)), None)


def upright(image: Image.Image) -> Image.Image:
    """The pixels of the frame at hand, as a browser would show them but for their colours."""
    turn = _TURNS.get(orientation(image))
    pixels = expanded(image)
    return pixels if turn is None else pixels.transpose(turn)


def expanded(image: Image.Image) -> Image.Image:
    """The picture's pixels as L, RGB, RGBA or CMYK of 8 bits."""
    image.load()
    if image.mode.startswith("I;16"):
        deep = image.convert("I")
        grey = deep.point([value >> 8 for value in range(1 << 16)], "L")
        clear = image.info.get("transparency")
        if clear is None:
            return grey
        alpha = deep.point([255 * (value != clear) for value in range(1 << 16)], "L")
        return Image.merge("LA", (grey, alpha)).convert("RGBA")
    if image.has_transparency_data:
        return image.convert("RGBA")
    if image.mode in {"L", "RGB", "CMYK"}:
        return image
    return image.convert("L" if image.mode in {"1", "I", "F"} else "RGB")


def orientation(image: Image.Image) -> int:
    """EXIF's number for how the picture lies, 1 (upright) where it says nothing sensible.

    Read as browsers read it.  Pillow also believes what Adobe's programs say in XMP, what old
    ImageMagick put into the texts of a PNG, and numbers of other types.
    """
    exif = bytes(image.info.get("exif", b"")).removeprefix(b"Exif\0\0")
    order = _ORDERS.get(exif[:2])
    if order is None:
        return 1

    def number(place: int, size: int) -> int:
        return int.from_bytes(exif[place : place + size], order)

    start, wanted = number(4, 4), (_ORIENTATION, _SHORT, 1)
    for place in range(start + 2, min(start + 2 + 12 * number(start, 2), len(exif) - 11), 12):
        if (number(place, 2), number(place + 2, 2), number(place + 4, 4)) == wanted:
            told = number(place + 8, 2)
            return told if told in _TURNS else 1
    return 1


def in_srgb(image: Image.Image, original: Image.Image) -> Image.Image:
    """The colours that `original` means, as RGB or RGBA without anything else beside them."""
    profile = original.info.get("icc_profile")
    converted = _converted(image, profile) if profile else None
    if converted is None:
        converted = image if image.mode == "RGBA" else image.convert("RGB")
    elif image.mode == "RGBA":
        converted.putalpha(image.getchannel("A"))
    gamma = original.info.get("gamma")
    if gamma and not profile and "srgb" not in original.info and abs(gamma - _GAMMA) > _NEAR:
        curve = [_to_srgb((value / 255) ** (1 / gamma)) for value in range(256)]
        bands = len(converted.getbands())
        converted = converted.point(curve * 3 + list(range(256)) * (bands - 3))
    converted.info.clear()
    return converted


def _to_srgb(light: float) -> int:
    """The sample that stands for an amount of light, from 0 to 1, in sRGB."""
    sample = 12.92 * light if light < _DARK else 1.055 * light ** (1 / 2.4) - 0.055
    return round(255 * sample)


def _converted(image: Image.Image, profile: bytes) -> Image.Image | None:
    """The colours that `profile` describes, in sRGB; None where it cannot be applied."""
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        return ImageCms.profileToProfile(
            image.convert("RGB") if image.mode == "RGBA" else image,
            source,
            ImageCms.createProfile("sRGB"),
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            "RGB",
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except (ImageCms.PyCMSError, OSError, ValueError):  # broken, or made for other pixels
        return None


def is_flat(image: Image.Image) -> bool:
    """Whether most pixels equal their neighbour, in the middle of a large picture."""
    left, top = max(0, image.width // 2 - 1000), max(0, image.height // 2 - 1000)
    right, bottom = min(image.width, left + 2000), min(image.height, top + 2000)
    here, beside = (
        image.crop((left, top, right - 1, bottom)),
        image.crop((left + 1, top, right, bottom)),
    )
    if not here.width:
        return True
    most = reduce(ImageChops.lighter, ImageChops.difference(here, beside).split())
    return most.histogram()[0] >= _FLAT * most.width * most.height

"""Pictures are upright, small, and say nothing about who took them where; mistakes are named."""

import os
import struct
import subprocess
import sys
import zlib
from base64 import b64encode
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageCms, ImageDraw
from PIL.PngImagePlugin import PngInfo

from generator.base import digests
from generator.base.problems import PortalError
from generator.media import images
from generator.media.images import Original, Variant, look, make, variants

CANARY = "GEHEIM4711"
CORNERS = {
    (0, 0): (220, 30, 30),
    (1, 0): (30, 200, 30),
    (0, 1): (30, 30, 220),
    (1, 1): (230, 230, 230),
}


def photo(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """Noise over a red corner at the upper left, green, blue and white at the others."""
    corners = Image.new("RGB", (2, 2))
    for place, colour in CORNERS.items():
        corners.putpixel(place, colour)
    smooth = corners.resize((width, height), Image.Resampling.NEAREST)
    noise = Image.effect_noise((width, height), 40).convert("RGB")
    return Image.blend(smooth, noise, 0.1).convert(mode)


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def exif(orientation: int = 1) -> Image.Exif:
    made = Image.Exif()
    made[0x0112] = orientation
    made[0x010E] = CANARY
    made.get_ifd(0x8825)[29] = CANARY
    return made


def made_of(data: bytes) -> dict[tuple[str, str, int], tuple[Variant, bytes]]:
    picture = look(data, "bild")
    return {
        (v.use, v.format, v.width): (v, make(data, picture, v))
        for v in variants(digests.of_bytes(data), picture, "bild")
    }


def opened(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data))
    image.load()
    return image


def refusal(data: bytes) -> str:
    with pytest.raises(PortalError) as caught:
        look(data, "content/bild.jpg")
    (found,) = caught.value.problems
    assert found.path == "content/bild.jpg"
    assert found.what("de") != found.what("en")
    return found.name


def is_near(colour: Any, wanted: tuple[int, ...], far: int = 24) -> bool:
    return all(abs(one - other) <= far for one, other in zip(colour, wanted, strict=True))


STORED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@pytest.mark.slow
@pytest.mark.parametrize("orientation", range(10))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_every_file_is_upright_and_knows_no_place(kind: str, orientation: int) -> None:
    upright = photo(500, 280)
    turn = STORED.get(orientation)
    stored = upright if turn is None else upright.transpose(turn)
    options: dict[str, Any] = {"comment": CANARY} if kind == "JPEG" else {}
    if kind in {"JPEG", "WEBP", "AVIF"}:
        options |= {"xmp": f"<x>{CANARY}</x>".encode()}
    data = saved(stored, kind, exif=exif(orientation), **options)
    assert CANARY.encode() in data
    picture = look(data, "bild")
    assert (picture.width, picture.height) == (500, 280)
    for variant, content in made_of(data).values():
        assert CANARY.encode() not in content
        assert not {"exif", "xmp", "icc_profile", "comment", "dpi"} & opened(content).info.keys()
        shown = opened(content).convert("RGB")
        assert shown.size == (variant.width, variant.height)
        right, below = shown.width - 9, shown.height - 9
        assert is_near(shown.getpixel((9, 9)), (220, 30, 30), 40)
        assert is_near(shown.getpixel((right, 9)), (30, 200, 30), 40)
        assert is_near(shown.getpixel((9, below)), (30, 30, 220), 40)


def test_png_texts_and_thumbnails_are_gone() -> None:
    notes = PngInfo()
    notes.add_text("Author", CANARY)
    notes.add_itxt("XML:com.adobe.xmp", CANARY, zip=False)
    for _, content in made_of(saved(photo(600, 400), "PNG", pnginfo=notes)).values():
        assert CANARY.encode() not in content
        assert not opened(content).info.keys() & {"Author", "xmp"}


def test_broken_metadata_makes_no_broken_picture() -> None:
    data = saved(photo(600, 400), "JPEG", exif=b"Exif\0\0MM\0*\0\0\xff\xff" + b"\xff" * 30)
    assert look(data, "bild").width == 600
    assert len(made_of(data)) == 6


def test_widths_go_up_to_the_original_and_never_beyond() -> None:
    def widths(width: int, height: int) -> list[tuple[str, int, int]]:
        made = variants(b"x", Original(width, height, "jpeg"), "bild")
        return [(v.use + v.format, v.width, v.height) for v in made if v.format != "webp"]

    assert widths(4000, 3000) == [
        ("pageavif", 480, 360),
        ("pageavif", 800, 600),
        ("pageavif", 1200, 900),
        ("pageavif", 1600, 1200),
        ("fallbackjpeg", 1200, 900),
        ("socialjpeg", 1200, 630),
    ]
    assert widths(1000, 500) == [
        ("pageavif", 480, 240),
        ("pageavif", 800, 400),
        ("pageavif", 1000, 500),
        ("fallbackjpeg", 1000, 500),
        ("socialjpeg", 952, 500),
    ]
    assert widths(100, 5000)[0] == ("pageavif", 100, 5000)
    assert widths(100, 5000)[-1] == ("socialjpeg", 600, 315)
    assert widths(5000, 1)[0] == ("pageavif", 480, 1)


def test_what_networks_show_lies_within_the_picture_whatever_its_shape() -> None:
    sides = (1, 2, 3, 20, 315, 333, 629, 630, 631, 1200, 1999, 2000, 16_383)
    for one in range(1, 2001):
        for other in sides:
            for width, height in ((one, other), (other, one)):
                size, (left, top, right, bottom) = images._social(Original(width, height, "jpeg"))
                assert 0 <= left < right <= width
                assert 0 <= top < bottom <= height
                assert min(size) > 0


@pytest.mark.slow
@pytest.mark.parametrize(
    "size", [(800, 333), (1, 1), (1, 40), (40, 1), (1000, 3), (3, 1000), (1201, 629), (601, 317)]
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_picture_of_any_shape_becomes_files(size: tuple[int, int], kind: str) -> None:
    for variant, content in made_of(saved(photo(*size), kind)).values():
        assert opened(content).size == (variant.width, variant.height)


def test_a_moving_picture_cut_off_behind_its_first_frame_is_refused() -> None:
    frames = [photo(200, 100) for _ in range(3)]
    for kind in ("WEBP", "PNG", "GIF"):
        data = saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)
        assert refusal(data[: int(len(data) * 0.8)]) == "picture-broken"


def test_a_name_says_what_the_bytes_depend_on(monkeypatch: pytest.MonkeyPatch) -> None:
    picture = Original(1600, 1000, "jpeg")

    def names(digest: bytes = b"x", stem: str = "rathaus") -> list[str]:
        return [v.name for v in variants(digest, picture, stem)]

    before = names()
    assert len(set(before)) == len(before) == 10
    assert before[0].startswith("rathaus-480.")
    assert before[-1].startswith("rathaus-social.")
    assert before[-1].endswith(".jpg")
    assert not set(before) & set(names(b"y"))
    with monkeypatch.context() as changed:
        changed.setattr(images, "VERSION", images.VERSION + 1)
        assert not set(before) & set(names())
    with monkeypatch.context() as changed:
        changed.setitem(images._ENCODING, "avif", {"quality": 1})
        assert [n.endswith(".avif") for n in before] == [n not in names() for n in before]


def test_the_social_crop_keeps_what_is_above_the_middle() -> None:
    tall = Image.new("RGB", (1200, 2000), "white")
    ImageDraw.Draw(tall).rectangle((0, 600, 1200, 1100), fill="red")
    (_, content) = made_of(saved(tall, "JPEG"))["social", "jpeg", 1200]
    shown = opened(content)
    assert shown.size == (1200, 630)
    assert is_near(shown.getpixel((600, 300)), (255, 0, 0))
    assert is_near(shown.getpixel((600, 620)), (255, 255, 255))


def test_cmyk_becomes_the_same_colours_on_screen() -> None:
    data = saved(Image.new("CMYK", (500, 400), (0, 255, 255, 0)), "JPEG")
    for _, content in made_of(data).values():
        assert opened(content).mode == "RGB"
        assert is_near(opened(content).getpixel((50, 50)), (255, 0, 0))


def test_a_colour_profile_is_applied_and_dropped() -> None:
    swapped = saved(photo(600, 400), "JPEG", icc_profile=swapping_profile())
    for _, content in made_of(swapped).values():
        red, green, _ = opened(content).convert("RGB").getpixel((9, 9))  # type: ignore[misc]
        assert green > red
    plain = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for profile in (plain, b"nonsense"):
        for _, content in made_of(saved(photo(600, 400), "JPEG", icc_profile=profile)).values():
            assert is_near(opened(content).getpixel((9, 9)), (220, 30, 30), 40)


def swapping_profile() -> bytes:
    """sRGB with the primaries of red and green exchanged."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace(b"rXYZ", b"tXYZ").replace(b"gXYZ", b"rXYZ").replace(b"tXYZ", b"gXYZ")


def test_sixteen_bits_become_eight() -> None:
    deep = Image.new("I;16", (500, 400), 128 * 256)
    for _, content in made_of(saved(deep, "PNG")).values():
        assert is_near(opened(content).convert("RGB").getpixel((50, 50)), (128, 128, 128), 3)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB"])
def test_line_art_is_kept_without_loss_or_haze(mode: str) -> None:
    drawn = Image.new(mode, (700, 500), 1 if mode == "1" else "white")
    ImageDraw.Draw(drawn).rectangle((100, 100, 500, 400), fill=0 if mode == "1" else "black")
    made = made_of(saved(drawn, "PNG"))
    assert {use + kind for use, kind, _ in made} == {"pagewebp", "fallbackpng", "socialjpeg"}
    for use, kind, width in (("page", "webp", 700), ("fallback", "png", 700)):
        shown = opened(made[use, kind, width][1]).convert("RGB")
        assert shown.tobytes() == drawn.convert("RGB").tobytes()


def test_a_photograph_saved_as_png_is_treated_as_a_photograph() -> None:
    made = made_of(saved(photo(700, 500), "PNG"))
    assert {use + kind for use, kind, _ in made} == {
        "pageavif",
        "pagewebp",
        "fallbackjpeg",
        "socialjpeg",
    }


def test_transparency_stays_or_becomes_white() -> None:
    clear = photo(600, 400).convert("RGBA")
    clear.paste((0, 0, 0, 0), (0, 0, 600, 200))
    palette = Image.new("P", (600, 400), 0)
    palette.putpalette([0, 0, 0, 200, 0, 0])
    palette.paste(1, (0, 200, 600, 400))
    for data in (
        saved(clear, "PNG"),
        saved(clear, "WEBP"),
        saved(palette, "PNG", transparency=0),
        saved(palette, "GIF", transparency=0),
    ):
        assert look(data, "bild").transparent
        for variant, content in made_of(data).values():
            shown = opened(content)
            corner = shown.convert("RGBA").getpixel((9, 9))
            if variant.format == "jpeg":
                assert is_near(corner, (255, 255, 255, 255), 8)
            else:
                assert shown.mode == "RGBA"
                assert corner[3] == 0  # type: ignore[index]


def test_an_opaque_alpha_channel_is_no_transparency() -> None:
    assert not look(saved(photo(600, 400, "RGBA"), "PNG"), "bild").transparent


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_a_moving_picture_moves_on_and_has_a_still_one(kind: str) -> None:
    frames = [Image.new("RGB", (300, 200), colour) for colour in ("red", "lime", "blue")]
    data = saved(
        frames[0], kind, save_all=True, append_images=frames[1:], duration=[200, 300, 5], loop=0
    )
    picture = look(data, "bild")
    assert picture.moving
    made = made_of(data)
    assert [(use, form) for use, form, _ in made] == [
        ("moving", "webp"),
        ("fallback", "png"),
        ("social", "jpeg"),
    ]
    shown: Any = opened(made["moving", "webp", 300][1])
    assert (shown.n_frames, shown.info["loop"]) == (3, 0)
    shown.seek(1)
    assert is_near(shown.convert("RGB").getpixel((9, 9)), (0, 255, 0))
    shown.seek(2)
    shown.load()
    assert shown.info["duration"] == 100
    assert is_near(
        opened(made["fallback", "png", 300][1]).convert("RGB").getpixel((9, 9)), (255, 0, 0)
    )


def test_a_gif_that_runs_once_runs_once() -> None:
    frames = [Image.new("RGB", (30, 20), colour) for colour in ("red", "lime")]
    data = saved(frames[0], "GIF", save_all=True, append_images=frames[1:], comment=CANARY.encode())
    made = made_of(data)
    moving = made["moving", "webp", 30][1]
    assert opened(moving).info["loop"] == 1
    assert CANARY.encode() in data
    assert not any(CANARY.encode() in content for _, content in made.values())


def test_a_picture_of_two_as_cameras_make_them_shows_the_first() -> None:
    data = saved(photo(600, 400), "MPO", save_all=True, append_images=[photo(60, 40)])
    picture = look(data, "bild")
    assert (picture.width, picture.format, picture.moving) == (600, "jpeg", False)
    assert len(made_of(data)) == 6


def png(width: int, height: int) -> bytes:
    """The beginning of a PNG file of this size, and a little of its pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 1000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("size", [(60_000, 60_000), (12_000, 8_000), (10_000, 5_001), (20_000, 1)])
def test_a_picture_that_would_swell_is_refused(size: tuple[int, int]) -> None:
    assert refusal(png(*size)) == "picture-huge"


def test_a_moving_picture_that_would_swell_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "MEGAPIXELS_MOVING", 0.1)
    frames = [Image.new("RGB", (300, 200), colour) for colour in ("red", "lime")]
    assert (
        refusal(saved(frames[0], "GIF", save_all=True, append_images=frames[1:]))
        == "picture-too-long"
    )


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
@pytest.mark.parametrize("share", [0.02, 0.5, 0.97])
def test_a_file_that_was_cut_off_is_refused(kind: str, share: float) -> None:
    data = saved(photo(600, 400), kind)
    assert refusal(data[: int(len(data) * share)]) == "picture-broken"


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "picture-empty"),
        (b"\0" * 5000, "picture-empty"),
        ("Kein Bild, nur Text mit Umlauten: ä".encode(), "picture-unknown"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "picture-unknown"),
        (b"RIFF\x10\0\0\0WAVEfmt ", "picture-unknown"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><g></svg>", "drawing-broken"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1", "picture-foreign"),
        (b"8BPS\0\1", "picture-foreign"),
        (b"%PDF-1.7", "picture-foreign"),
        (png(0, 100), "picture-broken"),
    ],
)
def test_what_is_no_picture_is_refused(data: bytes, name: str) -> None:
    assert refusal(data) == name


@pytest.mark.parametrize("kind", ["TIFF", "BMP", "JPEG2000", "ICO", "PDF"])
def test_what_browsers_do_not_show_is_refused(kind: str) -> None:
    assert refusal(saved(photo(60, 40), kind)) == "picture-foreign"


def test_damage_that_shows_only_when_decoded_has_no_traceback() -> None:
    picture = Original(600, 400, "jpeg")
    with pytest.raises(PortalError, match="damaged"):
        make(b"\xff\xd8\xff\xe0 broken", picture, variants(b"x", picture, "bild")[0])


def drawing() -> bytes:
    inside = b64encode(saved(photo(60, 40), "JPEG", exif=exif(6), comment=CANARY)).decode()
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="40">\n<script>evil()</script>'
        f'<image href="data:image/jpeg;base64,{inside}"/><rect onload="evil()"/></svg>'
    ).encode()


def test_a_drawing_is_one_clean_file_and_says_what_was_taken_out() -> None:
    data = drawing()
    picture = look(data, "assets/logo.svg")
    assert (picture.width, picture.height, picture.format) == (60, 40, "svg")
    (found,) = picture.problems
    assert (found.path, found.line, found.is_error) == ("assets/logo.svg", 2, False)
    assert "<script>, onload" in found.what("de")
    (variant,) = variants(b"x", picture, "logo")
    assert variant.use == "fallback"
    content = make(data, picture, variant)
    assert b"evil" not in content
    assert b"data:image/jpeg;base64," in content
    assert b64encode(CANARY.encode())[:9] not in content
    assert look(content, "assets/logo.svg").problems == ()


SAMPLES: dict[str, Callable[[], bytes]] = {
    "photo": lambda: saved(Image.radial_gradient("L").resize((600, 400)), "JPEG"),
    "clear": lambda: saved(Image.linear_gradient("L").convert("LA").resize((300, 300)), "PNG"),
    "moving": lambda: saved(
        Image.new("RGB", (90, 60), "red"),
        "GIF",
        save_all=True,
        append_images=[Image.new("RGB", (90, 60))],
    ),
    "drawing": lambda: (
        b'<svg xmlns="http://www.w3.org/2000/svg" b="1" a="2" onload="x"><g z="1"/></svg>'
    ),
}


def fingerprint() -> str:
    """A digest of every file made of every sample, with their names."""
    made = [
        (variant.name, content)
        for sample in SAMPLES.values()
        for variant, content in made_of(sample()).values()
    ]
    return digests.of_value(made).hex()


@pytest.mark.slow
def test_bytes_are_the_same_in_every_process() -> None:
    program = "from tests.media.test_images import fingerprint; print(fingerprint())"
    made = {
        subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(made) == 1

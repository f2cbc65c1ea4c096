"""Pictures are published as a browser shows their originals: the same shape, the same colours."""

from base64 import b64encode
from collections.abc import Iterator
from io import BytesIO
from typing import Any, Final

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from generator.base import digests
from generator.media import images, pixels
from tests import odd_pictures
from tests.odd_pictures import SOUND

LOOK: Final = """async ([data, type, places]) => {
    const image = document.createElement('img');
    document.body.replaceChildren(image);
    image.src = `data:${type};base64,${data}`;
    await image.decode();
    const canvas = document.createElement('canvas');
    const [width, height] = [image.naturalWidth, image.naturalHeight];
    [canvas.width, canvas.height] = [width, height];
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0);
    const at = ([x, y]) =>
        [...context.getImageData(Math.floor(width * x), Math.floor(height * y), 1, 1).data];
    return [[width, height], places.map(at)];
}"""
"""The size of a picture as Chromium shows it, and the colour and opacity of some places."""

PLACES: Final = ((0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75), (0.4, 0.6))
FAR: Final = 26
"""By how much a sample may differ: JPEG and AVIF blur, and profiles are applied differently."""

UNTURNED: Final = frozenset({
    "webp-exif-3", "webp-exif-6", "webp-exif-8", "webp-moving-exif-3", "webp-moving-exif-6",
})  # fmt: skip
"""Chromium shows WebP as it lies, whatever its EXIF says.  Cameras' pictures that a converter made
WebP of lie on their side then; here they are turned, as programs for pictures turn them."""


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    yield context.new_page()
    context.close()


def on_white(sample: Any) -> tuple[float, ...]:
    *colour, alpha = sample
    return tuple(one * alpha / 255 + 255 - alpha for one in colour)


def shown(data: bytes) -> tuple[tuple[int, int], list[tuple[float, ...]]]:
    """The same of a file that was made, as Pillow reads it."""
    with Image.open(BytesIO(data)) as opened:
        image = opened.convert("RGBA")
    width, height = image.size
    return image.size, [
        on_white(image.getpixel((int(width * x), int(height * y)))) for x, y in PLACES
    ]


@pytest.mark.parametrize("name", [name for name in SOUND if name not in UNTURNED])
def test_a_picture_is_published_as_a_browser_shows_it(name: str, page: Page) -> None:
    data = SOUND[name]()
    kind = f"image/{name.partition('-')[0]}"
    size, colours = page.evaluate(LOOK, [b64encode(data).decode(), kind, PLACES])
    picture = images.look(data, "bild")
    assert [picture.width, picture.height] == size
    for variant in images.variants(digests.of_bytes(data), picture, "bild"):
        made = images.make(data, picture, variant)
        if variant.use == "social":
            continue
        made_size, made_colours = shown(made)
        assert list(made_size) == size
        for ours, theirs in zip(made_colours, map(on_white, colours), strict=True):
            assert max(abs(a - b) for a, b in zip(ours, theirs, strict=True)) <= FAR, variant


@pytest.mark.parametrize("name", sorted(UNTURNED))
def test_a_webp_is_turned_in_all_its_frames(name: str) -> None:
    data = SOUND[name]()
    picture = images.look(data, "bild")
    upright = odd_pictures.quarters().transpose(pixels._TURNS[int(name[-1])])
    wanted = shown(odd_pictures.saved(upright, "PNG"))
    for variant in images.variants(digests.of_bytes(data), picture, "bild"):
        if variant.use != "social":
            size, colours = shown(images.make(data, picture, variant))
            assert size == wanted[0] == (picture.width, picture.height)
            for ours, theirs in zip(colours, wanted[1], strict=True):
                assert max(abs(a - b) for a, b in zip(ours, theirs, strict=True)) <= FAR

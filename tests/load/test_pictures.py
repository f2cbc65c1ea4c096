"""Pictures in real builds: what is published of them, what is not, and when they are made."""

import json
import os
import re
import shutil
import time
from datetime import datetime
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

from generator.config import fingerprint
from generator.load import pictures
from generator.media import images
from tests.media.test_images import CANARY, photo, saved
from tests.portals import NOW, TestPortal

pytestmark = pytest.mark.slow

BODY = 'Ein Satz.\n\n![Ein Saal](saal.jpg "Der Saal (Foto: Stadt)")\n\nNoch einer.'


def picture(width: int = 700, height: int = 500, *, orientation: int = 1) -> bytes:
    """A photograph with all that a camera writes beside it."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = CANARY
    exif.get_ifd(0x8825)[0x001D] = CANARY
    return saved(photo(width, height), "JPEG", exif=exif)


@pytest.fixture
def illustrated(tmp_path: Path) -> TestPortal:
    """A portal with an article that shows a picture above its text, and another within it."""
    portal = TestPortal.make(tmp_path / "portal")
    portal.write("assets/bilder/rat haus, alt.jpg", picture())
    portal.write("content/2026/05/saal.jpg", picture(500, 400))
    header = '{file: "/bilder/rat haus, alt.jpg", alt: Rathaus, credit: "Foto: Amt"}'
    portal.article("2026/05/a.md", BODY, image=header)
    return portal


def sources(html: str) -> set[str]:
    """All addresses of pictures in a page."""
    sets = re.findall(r'srcset="([^"]*)"', html)
    single = re.findall(r'<img src="([^"]*)"', html)
    return {part.split()[0] for text in sets for part in text.split(", ")} | set(single)


def test_a_page_offers_files_that_exist_in_the_size_that_it_says(illustrated: TestPortal) -> None:
    illustrated.build()
    page = illustrated.page("/2026/05/a/")
    found = sources(page)
    assert len([name for name in found if name.startswith("/assets/bilder/rat-haus-alt-")]) == 5
    assert len([name for name in found if name.startswith("/assets/inhalt/2026/05/saal-")]) == 5
    for address in found:
        with Image.open(illustrated.output / address[1:]) as image:
            image.load()
    sized = re.findall(r'<img src="([^"]*)" width="(\d+)" height="(\d+)"', page)
    assert len(sized) == 2
    for address, *size in sized:
        with Image.open(illustrated.output / address[1:]) as image:
            assert image.size == tuple(map(int, size))
    for text in re.findall(r'srcset="([^"]*)"', page):
        for address, width in (part.split() for part in text.split(", ")):
            with Image.open(illustrated.output / address[1:]) as image:
                assert f"{image.width}w" == width


def test_the_first_picture_is_fetched_at_once_and_the_others_when_they_come_near(
    illustrated: TestPortal,
) -> None:
    illustrated.build()
    first, second = re.findall("<img [^>]*>", illustrated.page("/2026/05/a/"))[:2]
    assert 'fetchpriority="high"' in first
    assert "lazy" not in first
    assert 'loading="lazy"' in second


def test_no_original_and_nothing_that_a_camera_wrote_is_published(illustrated: TestPortal) -> None:
    illustrated.article("2026/05/b.md", image="/bilder/gedreht.jpg")
    illustrated.write("assets/bilder/gedreht.jpg", picture(orientation=6))
    illustrated.build()
    originals = {
        file.read_bytes()
        for folder in ("assets/bilder", "content")
        for file in (illustrated.root / folder).rglob("*.jpg")
    }
    for name, data in illustrated.files().items():
        assert CANARY.encode() not in data, name
        assert data not in originals, name


def test_a_picture_is_upright(illustrated: TestPortal) -> None:
    illustrated.write("content/2026/05/saal.jpg", picture(600, 300, orientation=6))
    illustrated.build()
    page = illustrated.page("/2026/05/a/")
    assert re.search(r'saal-300\.\w+\.jpg" width="300" height="600"', page)


def test_machines_are_told_of_the_crop_and_the_picture(illustrated: TestPortal) -> None:
    illustrated.build()
    page = illustrated.page("/2026/05/a/")
    social = re.findall(r'property="og:image" content="https://www.amt.example(/[^"]*)"', page)
    assert len(social) == 1
    with Image.open(illustrated.output / social[0][1:]) as image:
        assert image.size == (700, 368)
    assert '<meta property="og:image:width" content="700">' in page
    assert '<meta property="og:image:height" content="368">' in page
    data = json.loads(
        re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)[0]
    )
    images = data["@graph"][0]["image"]
    assert images[1].endswith(social[0])
    for address in images:
        assert (illustrated.output / address.removeprefix("https://www.amt.example/")).is_file()


def test_a_feed_names_the_picture_with_its_real_size(illustrated: TestPortal) -> None:
    illustrated.build()
    feed = ElementTree.fromstring(illustrated.files()["feed.xml"])
    (enclosure,) = feed.iter("enclosure")
    assert enclosure.get("type") == "image/jpeg"
    file = illustrated.output / str(enclosure.get("url")).removeprefix("https://www.amt.example/")
    assert file.stat().st_size == int(str(enclosure.get("length")))
    content = "".join(
        str(node.text) for node in feed.iter("{http://purl.org/rss/1.0/modules/content/}encoded")
    )
    addresses = re.findall(r'src="([^"]*)"', content)
    assert len(addresses) == 2
    assert all(a.startswith("https://www.amt.example/assets/") for a in addresses)
    assert "srcset" not in content


def test_a_drawing_is_passed_on_without_programs(illustrated: TestPortal) -> None:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="60" onload="x()"><path/></svg>'
    )
    illustrated.write("content/2026/05/plan.svg", svg)
    illustrated.article("2026/05/b.md", "![Plan](plan.svg)", image="plan.svg")
    report = illustrated.build()
    page = illustrated.page("/2026/05/b/")
    (address,) = {a for a in sources(page) if "plan" in a}
    assert b"onload" not in (illustrated.output / address[1:]).read_bytes()
    assert 'width="90" height="60"' in page
    assert "og:image" not in page
    (found,) = [p for p in report.warnings if p.name == "drawing-cleaned"]
    assert Path(found.path).name == "b.md"
    assert found.line == 5


def test_nothing_is_made_twice(illustrated: TestPortal, monkeypatch: pytest.MonkeyPatch) -> None:
    illustrated.build()
    monkeypatch.setattr(pictures, "_make", images.look)  # would fail
    illustrated.write("assets/icons/icon.svg", "<svg/>")
    report = illustrated.build()
    assert report.rendered > 0
    assert report.written > 0


def test_a_picture_replaced_under_its_name_is_published_anew(
    illustrated: TestPortal,
) -> None:
    illustrated.build()
    before = sources(illustrated.page("/2026/05/a/"))
    illustrated.write("content/2026/05/saal.jpg", picture(900, 300))
    report = illustrated.build()
    assert report.reasons.keys() >= {"/2026/05/a/"}
    after = sources(illustrated.page("/2026/05/a/"))
    assert len(before & after) == 5
    for address in before - after:
        assert not (illustrated.output / address[1:]).exists()
    same_as_clean(illustrated)


def test_another_version_of_the_generator_makes_pictures_anew(
    illustrated: TestPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    illustrated.build()
    before = sources(illustrated.page("/2026/05/a/"))
    monkeypatch.setattr(fingerprint, "generator", lambda: b"another")
    monkeypatch.setattr(images, "VERSION", images.VERSION + 1)
    illustrated.build()
    assert not before & sources(illustrated.page("/2026/05/a/"))


def same_as_clean(portal: TestPortal, at: datetime = NOW) -> None:
    """The output is what a build without any memory would make."""
    incremental = portal.files()
    portal.build(clean=True, at=at)
    assert portal.files() == incremental


def test_pictures_come_and_go_with_their_articles(illustrated: TestPortal) -> None:
    illustrated.build()
    illustrated.article("2026/05/a.md", "Ohne Bild.")
    illustrated.build()
    assert not [name for name in illustrated.files() if "saal" in name or "rat-haus" in name]
    illustrated.article("2026/05/a.md", BODY)
    illustrated.build()
    assert [name for name in illustrated.files() if "saal" in name]
    assert not [name for name in illustrated.files() if "rat-haus" in name]
    same_as_clean(illustrated)


def test_the_picture_of_an_article_that_may_not_appear_is_nowhere(illustrated: TestPortal) -> None:
    illustrated.write("content/2026/05/geheim.jpg", picture(700, 500))
    illustrated.article(
        "2026/05/b.md", "![x](geheim.jpg)", date="2026-06-15 13:00", image="geheim.jpg"
    )
    illustrated.build()
    assert not [name for name in illustrated.files() if "geheim" in name]
    folder = illustrated.root / ".stadtschreiber/pictures"
    made = len(list(folder.iterdir()))
    illustrated.build(at=NOW.replace(hour=14))
    assert [name for name in illustrated.files() if "geheim" in name]
    assert len(list(folder.iterdir())) > made
    illustrated.build()
    assert not [name for name in illustrated.files() if "geheim" in name]
    same_as_clean(illustrated)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (picture()[:900], "picture-broken"),
        (b"", "picture-empty"),
        (b"Nur Text", "picture-unknown"),
        (b"%PDF-1.7", "picture-foreign"),
        (saved(Image.new("1", (9000, 9000)), "PNG"), "picture-huge"),
    ],
)
def test_what_is_wrong_with_a_picture_is_said_where_it_is_named(
    illustrated: TestPortal, data: bytes, name: str
) -> None:
    """Also where its article is still to come: that day would be too late."""
    illustrated.build()
    before = illustrated.files()
    illustrated.write("content/2026/07/neu.jpg", data)
    illustrated.article("2026/07/a.md", "Satz.\n\n![Neu](neu.jpg)", date="2026-07-01")
    for _ in range(2):
        (found,) = illustrated.mistakes()
        assert (Path(found.path).name, found.line, found.name) == ("a.md", 9, name)
    assert illustrated.files() == before


def test_a_picture_that_becomes_another_while_it_is_looked_at_is_not_remembered(
    tmp_path: Path,
) -> None:
    place = tmp_path / "saal.jpg"
    place.write_bytes(picture())
    task = pictures.PictureTask(place, b"another", pictures.WHOLE, anew=False)
    seen = pictures._make(tmp_path, task)
    assert [found.name for found in seen.problems] == ["picture-changing"]
    assert seen.extent == pictures.UNKNOWN


@pytest.mark.parametrize("left", [None, 0, 100], ids=["missing", "empty", "cut"])
def test_a_file_that_a_crash_took_is_made_again(illustrated: TestPortal, left: int | None) -> None:
    illustrated.build()
    before = illustrated.files()
    for file in (illustrated.root / ".stadtschreiber/pictures").iterdir():
        os.truncate(file, left) if left is not None else file.unlink()
    victim = next(name for name in before if "saal-480" in name)
    (illustrated.output / victim).unlink()
    illustrated.build()
    assert illustrated.files() == before


def test_an_empty_file_of_which_the_store_knows_nothing_is_made_anew(
    illustrated: TestPortal,
) -> None:
    illustrated.build()
    before = illustrated.files()
    for file in (illustrated.root / ".stadtschreiber/pictures").iterdir():
        os.truncate(file, 0)
    (illustrated.root / ".stadtschreiber/store.sqlite").unlink()
    shutil.rmtree(illustrated.output)
    illustrated.build()
    assert illustrated.files() == before


def test_what_no_picture_needs_is_removed_after_a_while(illustrated: TestPortal) -> None:
    illustrated.build()
    folder = illustrated.root / ".stadtschreiber/pictures"
    old = set(folder.iterdir())
    (illustrated.root / "content/2026/05/saal.jpg").write_bytes(picture(400, 300))
    illustrated.build()
    assert old < set(folder.iterdir())
    for file in old:
        os.utime(file, (time.time() - 7200,) * 2)
    (illustrated.root / "content/2026/05/saal.jpg").write_bytes(picture(410, 300))
    illustrated.build()
    assert {file.name.partition("-")[0] for file in old - set(folder.iterdir())} == {
        file.name.partition("-")[0] for file in old if "-500." in file.name
    }


def test_the_same_picture_under_two_names_is_made_once(illustrated: TestPortal) -> None:
    illustrated.build()
    folder = illustrated.root / ".stadtschreiber/pictures"
    made = set(folder.iterdir())
    original = (illustrated.root / "content/2026/05/saal.jpg").read_bytes()
    illustrated.write("content/2026/05/kopie.jpg", original)
    illustrated.article("2026/05/b.md", "![Kopie](kopie.jpg)")
    illustrated.build()
    assert set(folder.iterdir()) == made
    assert [name for name in illustrated.files() if "kopie-480" in name]


def test_a_layout_cannot_show_what_no_article_shows(illustrated: TestPortal) -> None:
    illustrated.write("layouts/robots.txt", "\n{{ site.image('2026/05/a.md', 'kopie.jpg').src }}")
    (found,) = illustrated.mistakes()
    assert (Path(found.path).name, found.line, found.name) == ("robots.txt", 2, "layout-failed")


def test_any_number_of_workers_makes_the_same(illustrated: TestPortal) -> None:
    illustrated.build(jobs=1)
    one = illustrated.files()
    illustrated.build(jobs=3, clean=True)
    assert illustrated.files() == one


def test_all_frames_of_a_moving_picture_are_shown(illustrated: TestPortal) -> None:
    frames = [Image.new("RGB", (40, 30), colour) for colour in ("red", "green", "blue")]
    file = BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:], duration=200)
    illustrated.write("content/2026/05/saal.jpg", file.getvalue())
    illustrated.build()
    (moving,) = re.findall(r'srcset="(\S*saal-40[^ "]*) 40w"', illustrated.page("/2026/05/a/"))
    with Image.open(illustrated.output / moving[1:]) as image:
        assert getattr(image, "n_frames", 1) == 3

"""Styles, fonts and pictures: addresses with digests, and only those that a page asks for."""

from pathlib import Path

import pytest

from tests.portals import SVG, TestPortal


@pytest.fixture
def small(tmp_path: Path) -> TestPortal:
    return TestPortal.small(tmp_path / "portal")


def published(portal: TestPortal, name: str) -> list[str]:
    """The files that were published for an asset."""
    stem, _, ending = name.rpartition(".")
    files = portal.output.glob(f"assets/{stem}.*.{ending}")
    return [file.relative_to(portal.output).as_posix() for file in files]


def style(portal: TestPortal, text: str, name: str = "style.css") -> str:
    """What is published for a stylesheet with that text."""
    portal.write(f"assets/{name}", text)
    portal.build()
    (file,) = published(portal, "style.css")
    return (portal.output / file).read_text(encoding="utf-8")


def test_an_address_changes_with_the_bytes_and_only_with_them(small: TestPortal) -> None:
    small.build()
    (before,) = published(small, "style.css")
    small.write("assets/style.css", "a{}")
    small.build()
    (after,) = published(small, "style.css")
    assert after != before
    assert f'href="/{after}"' in small.page("/")
    small.write("assets/style.css", "body{}\n")
    small.build()
    assert published(small, "style.css") == [before]


def test_what_no_page_asks_for_is_not_published(small: TestPortal) -> None:
    small.write("assets/notes.txt", "intern")
    small.write("assets/style.css~", "alt")
    small.build()
    assert not [path for path in small.files() if "notes" in path or "~" in path]


@pytest.mark.parametrize(
    "text",
    [
        "a{b:url(p.svg)}", "a{b:url('p.svg')}", 'a{b:url("p.svg")}', "a{b:url( p.svg )}",
        "a{b:url(./p.svg)}", "@font-face{src:url(p.svg) format('svg'),local(x)}",
    ],
)  # fmt: skip
def test_what_a_style_refers_to_is_published_under_its_own_address(
    small: TestPortal, text: str
) -> None:
    small.write("assets/p.svg", SVG)
    found = style(small, text)
    (picture,) = published(small, "p.svg")
    assert f"/{picture}" in found
    assert "p.svg)" not in found


@pytest.mark.parametrize(
    "text",
    ['@import "q.css";', "@import 'q.css';", "@import url(q.css);", '@import url("q.css") print;'],
)
def test_a_style_may_import_another(small: TestPortal, text: str) -> None:
    small.write("assets/q.css", "q{}")
    found = style(small, text)
    (other,) = published(small, "q.css")
    assert f"/{other}" in found
    assert (small.output / other).read_text(encoding="utf-8") == "q{}"


@pytest.mark.parametrize(
    "text",
    [
        "a{b:url(data:image/svg+xml;base64,AAAA)}", "a{b:url('data:image/svg+xml,<svg/>')}",
        "a{b:url(https://cdn.example/x.svg)}", "a{b:url(/fest/x.svg)}", "a{b:url(#gradient)}",
        "a{b:url( data:x )}", 'a{b:url("#gradient")}',
    ],
)  # fmt: skip
def test_what_lies_elsewhere_is_left_alone(small: TestPortal, text: str) -> None:
    assert style(small, text) == text


def test_a_style_changes_its_address_with_what_it_refers_to(small: TestPortal) -> None:
    small.write("assets/deep/p.svg", SVG)
    small.write("assets/deep/q.css", "a{b:url(p.svg)}")
    style(small, "@import 'deep/q.css';")
    before = published(small, "style.css")
    small.write("assets/deep/p.svg", SVG.replace("h9", "h8"))
    small.build()
    assert published(small, "style.css") != before
    assert len(published(small, "deep/p.svg")) == len(published(small, "deep/q.css")) == 1


def test_two_styles_may_share_a_picture(small: TestPortal) -> None:
    small.write("assets/p.svg", SVG)
    small.write("assets/q.css", "a{b:url(p.svg)}")
    style(small, "@import 'q.css'; a{b:url(p.svg)} c{b:url(p.svg)}")
    assert len(published(small, "p.svg")) == 1


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("a{b:url(fehlt.svg)}", "fehlt.svg"),
        ("@import 'fehlt.css';", "fehlt.css"),
        ("a{b:url(../x.svg)}", "../x.svg"),
    ],
)
def test_what_is_missing_is_a_mistake_that_names_it(
    small: TestPortal, text: str, name: str
) -> None:
    small.write("assets/style.css", "b{}\n" + text)
    (found,) = small.mistakes()
    assert (Path(found.path).name, found.line, found.name) == ("style.css", 2, "asset-missing")
    assert name in found.what()


@pytest.mark.parametrize("text", ["@import 'style.css';", "@import 'q.css';"])
def test_styles_that_import_each_other_are_a_mistake(small: TestPortal, text: str) -> None:
    small.write("assets/style.css", text)
    small.write("assets/q.css", "@import 'style.css';")
    (found,) = small.mistakes()
    assert found.name == "styles-in-a-circle"
    assert found.path.endswith(".css")
    assert found.line == 1


def test_a_missing_asset_is_told_with_the_layout_and_the_line(small: TestPortal) -> None:
    small.write("layouts/robots.txt", '\n{{ site.asset("stlye.css") }}')
    (found,) = small.mistakes()
    assert "stlye.css" in found.what()
    assert "style.css" in found.hint()
    assert (Path(found.path).name, found.line) == ("robots.txt", 2)


def test_bytes_that_are_no_text_pass_as_they_are(small: TestPortal) -> None:
    data = bytes(range(256)) * 4
    small.write("assets/font.woff2", data)
    small.write("layouts/robots.txt", '{{ site.asset("font.woff2") }}')
    small.build()
    (file,) = published(small, "font.woff2")
    assert (small.output / file).read_bytes() == data

"""Nothing unpublished appears anywhere: words planted in what may not appear yet, and searched for.

Drafts, articles with a date to come and expired ones carry a word of their own in everything that
an editor can write; every name and every byte of the output is searched for all of them.
"""

import gzip
import re
import time
from datetime import datetime, timedelta
from pathlib import Path

import brotli
import pytest

from generator.base.scan import RACY_NS
from tests.portals import NOW, PORTAL, TestPortal

pytestmark = pytest.mark.slow

FIELDS = (
    "title", "kicker", "lead", "keyword", "author", "source", "alt", "credit", "caption",
    "file", "alias", "slug", "extra", "body", "heading", "bodyalt", "bodyfile", "linked", "picture",
    "download", "offered", "shared",
)  # fmt: skip
"""Where a canary sits; "picture" are bytes of the picture itself, "offered" those of a download."""

DUE = NOW + timedelta(days=1)
SECRETS = {
    "draft": {"draft": "true"},
    "embargoed": {"date": f"{DUE:%Y-%m-%d %H:%M}"},
    "expired": {"expires": f"{NOW - timedelta(days=1):%Y-%m-%d %H:%M}"},
    "expiring": {"expires": f"{NOW:%Y-%m-%d %H:%M}"},
}
TOML = (
    PORTAL
    + "\n[search]\nenabled = true\n"
    + '\n[delivery]\nserver = "nginx"\ncompress = ["gzip", "brotli"]\n'
    + '\n[front_matter]\nextra = ["zeichen"]\n\n[keywords.synonyms]\n'
    + "".join(f'"Canary {name} keyword" = ["Synonym {name}"]\n' for name in SECRETS)
)


def word(name: str, field: str) -> str:
    """A canary: nothing else is called so."""
    return f"canary{name}{field}"


def picture(name: str) -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">'
        f"<title>{word(name, 'picture')}</title><path d='M0 1h9'/></svg>"
    )


def plant(portal: TestPortal, name: str, *, path: str = "2026/05", **fields: object) -> None:
    """Writes an article with canaries everywhere, and two pictures beside it."""
    given = {field: word(name, field) for field in FIELDS}
    portal.write(f"content/{path}/{given['file']}.svg", picture(name))
    portal.write(f"content/{path}/{given['bodyfile']}.svg", picture(name))
    portal.write(f"content/{path}/{given['download']}.pdf", f"%PDF-1.7 {given['offered']}")
    portal.write(f"assets/{given['shared']}.csv", f"Wort;{given['offered']}\n")
    image = (
        f"{{file: {given['file']}.svg, alt: {given['alt']}, credit: {given['credit']}, "
        f"caption: {given['caption']}}}"
    )
    text = (
        f"{given['body']} [{given['linked']}](https://{given['linked']}.example/)\n\n"
        f"## {given['heading']}\n\n![{given['bodyalt']}]({given['bodyfile']}.svg)\n\n"
        f"[Satzung]({given['download']}.pdf) und [Tabelle](/{given['shared']}.csv)"
    )
    wanted: dict[str, object] = {
        "title": given["title"], "kicker": given["kicker"], "lead": given["lead"],
        "keywords": f"{given['keyword']}, Allgemein", "author": given["author"],
        "source": f"{{name: {given['source']}, url: 'https://{given['source']}.example/'}}",
        "image": image, "aliases": f"/alt/{given['alias']}/", "slug": given["slug"],
        "zeichen": given["extra"],
    }  # fmt: skip
    portal.article(f"{path}/{word(name, 'source')}.md", text, **(wanted | fields))


def found(portal: TestPortal, name: str) -> set[str]:
    """The canaries of `name` that are in the output, in a file or in a file's name."""
    every = re.compile(rf"canary{name}[a-z]+")
    canaries: set[str] = set()
    for path, data in portal.files().items():
        text = opened(path, data).decode("utf-8", "replace").lower()
        canaries.update(every.findall(path), every.findall(text))
    return canaries


def opened(path: str, data: bytes) -> bytes:
    """What is in a file that may be compressed: the search index is, too."""
    if data.startswith(b"\x1f\x8b"):
        return gzip.decompress(data)
    return bytes(brotli.decompress(data)) if path.endswith(".br") else data


@pytest.fixture(params=["small", "sample"])
def portal(request: pytest.FixtureRequest, tmp_path: Path) -> TestPortal:
    """A portal with one published article, which links to what is not, and all of these."""
    make = TestPortal.small if request.param == "small" else TestPortal.make
    portal = make(tmp_path / "portal", toml=TOML)
    links = " ".join(f"[Mehr]({word(name, 'source')}.md#{anchor(name)})" for name in SECRETS)
    portal.article("2026/05/offen.md", f"Offen. {links}", keywords="Allgemein")
    for name, fields in SECRETS.items():
        plant(portal, name, **fields)
    return portal


def anchor(name: str) -> str:
    return word(name, "heading")


def test_what_may_not_appear_is_nowhere(portal: TestPortal) -> None:
    portal.build()
    assert "Offen." in portal.page("/2026/05/offen/")
    for name in SECRETS:
        assert found(portal, name) == set()


def test_a_link_to_what_may_not_appear_yet_is_no_link(portal: TestPortal) -> None:
    portal.build()
    page = portal.page("/2026/05/offen/")
    assert "<a>Mehr</a>" in page
    assert not re.search(r"<a [^>]*>Mehr</a>", page)


def test_the_store_is_not_in_the_output(portal: TestPortal) -> None:
    portal.build()
    for path in portal.files():
        assert "sqlite" not in path
        assert "store" not in path
    assert not list(portal.output.rglob(".stadtschreiber/*"))


def test_a_build_says_when_the_next_article_is_due(portal: TestPortal) -> None:
    report = portal.build()
    assert report.due == DUE
    assert portal.build(at=DUE).due is None
    assert portal.build(at=NOW - timedelta(minutes=1)).due == NOW  # then one expires


@pytest.mark.parametrize("clean", [False, True])
def test_when_its_moment_has_come_all_of_it_is_there(portal: TestPortal, clean: bool) -> None:
    portal.build()
    portal.build(at=DUE - timedelta(minutes=1), clean=clean)
    assert found(portal, "embargoed") == set()
    portal.build(at=DUE, clean=clean)
    # The bytes of a picture are made anew without what they were called; sources have no name.
    expected = {word("embargoed", field) for field in FIELDS} - {word("embargoed", "picture")}
    layouts_know = found(portal, "embargoed") | {word("embargoed", "extra")}
    missing = expected - layouts_know
    assert missing <= {word("embargoed", "kicker"), word("embargoed", "credit")}
    assert 'href="/2026/06/canaryembargoedslug/#canaryembargoedheading">Mehr</a>' in portal.page(
        "/2026/05/offen/"
    )
    redirects = portal.files()[".server/redirects.map"].decode()
    assert f'"/alt/{word("embargoed", "alias")}/"' in redirects
    for name in SECRETS.keys() - {"embargoed"}:
        assert found(portal, name) == set()


@pytest.mark.parametrize("clean", [False, True])
def test_when_it_expires_nothing_of_it_is_left(portal: TestPortal, clean: bool) -> None:
    portal.build(at=NOW - timedelta(minutes=1))
    assert word("expiring", "body") in found(portal, "expiring")
    report = portal.build(at=NOW, clean=clean)
    assert found(portal, "expiring") == set()
    assert report.removed


@pytest.mark.parametrize("change", [{"draft": "true"}, {"date": "2027-01-01"}])
def test_when_it_is_withdrawn_nothing_of_it_is_left(
    portal: TestPortal, change: dict[str, str]
) -> None:
    plant(portal, "open", date="2026-05-02")
    portal.build()
    assert word("open", "body") in found(portal, "open")
    plant(portal, "open", **({"date": "2026-05-02"} | change))
    portal.build()
    assert found(portal, "open") == set()


def test_drafts_shows_all_of_it_and_the_next_build_takes_it_away(portal: TestPortal) -> None:
    portal.build(drafts=True)
    for name in SECRETS:
        shown = {word(name, field) for field in ("title", "body", "bodyalt", "slug")}
        if name.startswith("expir"):  # that is over, drafts or not
            assert found(portal, name) == set()
        else:
            assert shown <= found(portal, name)
    portal.build()
    for name in SECRETS:
        assert found(portal, name) == set()


def test_a_draft_that_expires_is_taken_away_when_drafts_are_shown(portal: TestPortal) -> None:
    end = NOW + timedelta(hours=1)
    plant(portal, "brief", draft="true", expires=f"{end:%Y-%m-%d %H:%M}")
    time.sleep(2 * RACY_NS / 1e9)
    portal.build(drafts=True)
    assert word("brief", "body") in found(portal, "brief")
    assert portal.build(drafts=True, at=end - timedelta(minutes=1)).rendered == 0
    portal.build(drafts=True, at=end)
    assert found(portal, "brief") == set()


def test_a_draft_among_the_standing_pages_is_nowhere(portal: TestPortal) -> None:
    portal.article(
        "seiten/geheim.md", word("page", "body"), title=word("page", "title"), date=None,
        section=None, draft="true", aliases=f"/{word('page', 'alias')}/",
    )  # fmt: skip
    portal.build()
    assert found(portal, "page") == set()
    portal.build(drafts=True)
    assert {word("page", "body"), word("page", "title")} <= found(portal, "page")


def test_a_section_that_holds_nothing_published_shows_nothing_of_it(portal: TestPortal) -> None:
    plant(portal, "apart", section="technik", draft="true")
    portal.build()
    assert found(portal, "apart") == set()


def test_a_moment_counts_to_the_second_and_in_the_zone_of_the_portal(portal: TestPortal) -> None:
    plant(portal, "zoned", date="2026-06-15T12:00:01+02:00")
    portal.build(at=NOW)
    assert found(portal, "zoned") == set()
    utc = datetime.fromisoformat("2026-06-15T10:00:01+00:00")
    portal.build(at=utc)
    assert word("zoned", "title") in found(portal, "zoned")

"""Advertisements: labelled, local, for their time alone, each with its fair share of days."""

import re
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from generator.base.report import Options
from generator.cli.status import lines, status
from generator.config import portal as portals
from generator.site.advertising import turn
from tests.check.test_check import found
from tests.portals import NOW, PORTAL, SVG, TestPortal
from tests.serve.test_preview import Session, all_pages

CANARY = "Kanarienanzeige"


def ad(portal: TestPortal, name: str, slot: str = "oben", **fields: object) -> Path:
    """Writes an advertisement with a drawing of its own."""
    wanted: dict[str, object] = {
        "name": name,
        "slot": slot,
        "bild": f"{name.lower()}.svg",
        "alt": f"{name} wirbt",
        "link": f"https://www.{name.lower()}.example/?a=1&b=2",
    }
    wanted |= fields
    header = "".join(f"{key}: {value}\n" for key, value in wanted.items() if value is not None)
    portal.write(f"content/anzeigen/{name.lower()}.svg", SVG.replace("M0 1", f"M{len(name)} 1"))
    return portal.write(f"content/anzeigen/{name.lower()}.md", f"---\n{header}---\n")


def shown(portal: TestPortal, address: str = "/") -> list[str]:
    """Who advertises on a page, from the words of the pictures."""
    return re.findall(r'alt="(\w+) wirbt"', portal.page(address))


@pytest.fixture
def busy(portal: TestPortal) -> TestPortal:
    """A portal with enough articles for lists."""
    for number in range(5):
        portal.article(f"2026/05/a{number}.md", keywords="[Rat]", date=f"2026-05-0{number + 1}")
    return portal


def test_an_ad_is_labelled_local_and_marked_as_paid(busy: TestPortal) -> None:
    for slot in ("oben", "seite", "liste"):
        ad(busy, f"Firma{slot}", slot)
    busy.build()
    page = busy.page("/politik/")
    assert sorted(shown(busy, "/politik/")) == ["Firmaliste", "Firmaoben", "Firmaseite"]
    for box in re.findall(r'<(?:aside|div) class="ad .*?</(?:aside|div)>', page, re.S):
        assert ">Anzeige</span>" in box
        assert 'rel="sponsored"' in box
        assert 'src="/assets/inhalt/anzeigen/' in box
        assert "/?a=1&amp;b=2" in box
        assert "<script" not in box
    assert shown(busy, "/2026/05/a1/") == ["Firmaseite"]


def test_print_pdf_and_feeds_have_no_ads(tmp_path: Path) -> None:
    toml = PORTAL.replace("enabled = false", "enabled = true")
    portal = TestPortal.make(tmp_path / "portal", toml=toml)
    portal.article("2026/05/a.md")
    portal.build()
    before = portal.files()
    for slot in ("top", "side", "list"):
        ad(portal, f"Firma{slot}", slot)
    portal.build()
    after = portal.files()
    without = [p for p in before if "druck/" in p or p.endswith((".pdf", ".xml", ".txt"))]
    assert len(without) > 5
    assert all(before[path] == after[path] for path in without)


def test_each_has_its_share_of_days_and_of_weekdays() -> None:
    first = date(2026, 1, 1)
    for count in range(1, 9):
        days = [first + timedelta(days=number) for number in range(count * 7 * count)]
        shares = Counter(turn(day, count) for day in days)
        assert set(shares.values()) == {len(days) // count}
        sundays = Counter(turn(day, count) for day in days if day.weekday() == 6)
        assert sundays.keys() == set(range(count))


def test_those_of_a_slot_take_turns_by_the_day(busy: TestPortal) -> None:
    for name in ("Eins", "Zwei", "Drei"):
        ad(busy, name)
    seen = []
    for number in range(6):
        report = busy.build(at=NOW + timedelta(days=number))
        assert report.until
        assert report.until.isoformat() == f"2026-06-{16 + number}T00:00:00+02:00"
        (name,) = shown(busy)
        files = [path for path in busy.files() if "assets/inhalt/anzeigen" in path]
        assert [Path(path).name.partition("-")[0] for path in files] == [name.lower()]
        seen.append(name)
    assert set(seen[:3]) == set(seen[3:]) == {"Eins", "Zwei", "Drei"}


def test_a_new_day_touches_only_pages_on_which_ads_take_turns(busy: TestPortal) -> None:
    ad(busy, "Allein", "seite")
    ad(busy, "Eins")
    ad(busy, "Zwei")
    busy.build()
    report = busy.build(at=NOW + timedelta(days=1))
    assert {"/", "/politik/"} <= report.reasons.keys()
    assert not any(address.startswith("/2026/") for address in report.reasons)


def test_one_alone_in_its_slot_needs_no_build_a_day(busy: TestPortal) -> None:
    ad(busy, "Allein")
    assert busy.build().until is None
    report = busy.build(at=NOW + timedelta(days=300))
    assert (report.rendered, report.pages > 0, report.read) == (0, True, 0)


def test_an_ad_shows_for_its_time_and_a_build_knows_when(busy: TestPortal) -> None:
    ad(busy, "Spaeter", von="2026-06-20 08:00", bis="2026-06-22")
    report = busy.build()
    assert shown(busy) == []
    assert report.due
    assert report.due.isoformat() == "2026-06-20T08:00:00+02:00"
    assert report.until == report.due
    report = busy.build(at=report.due)
    assert shown(busy) == ["Spaeter"]
    assert report.due
    assert report.due.isoformat() == "2026-06-23T00:00:00+02:00"
    busy.build(at=report.due)
    assert shown(busy) == []


def test_what_waits_is_told(busy: TestPortal) -> None:
    ad(busy, "Eins")
    ad(busy, "Zwei", until="2026-06-20")
    ad(busy, "Drei", draft="ja")
    ad(busy, "Vier", "seite", von="2026-07-01")
    busy.build()
    told = list(lines(status(portals.load(busy.root / "portal.toml"), Options(at=NOW)), "en"))
    assert told == [
        "Drafts:",
        "  content/anzeigen/drei.md: Drei",
        "Will appear:",
        "  2026-07-01 00:00+02:00 Europe/Berlin  content/anzeigen/vier.md: Vier",
        "Will expire:",
        "  2026-06-21 00:00+02:00 Europe/Berlin  content/anzeigen/zwei.md: Zwei",
        "The next build is needed at 2026-06-16 00:00+02:00 Europe/Berlin.",
    ]


@pytest.mark.parametrize(
    "field",
    [{"draft": "ja"}, {"von": "2026-06-16"}, {"bis": "2026-06-14"}],
)
def test_an_ad_that_may_not_show_is_nowhere(busy: TestPortal, field: dict[str, str]) -> None:
    for slot in ("oben", "seite", "liste"):
        ad(busy, f"{CANARY}{slot}", slot, **field)
    busy.build()
    for path, data in busy.files().items():
        assert CANARY.lower().encode() not in (path.encode() + data).lower(), path


def test_the_preview_shows_what_a_build_with_drafts_publishes(busy: TestPortal) -> None:
    ad(busy, "Entwurf", draft="ja")
    ad(busy, "Spaeter", "seite", von="2026-07-01")
    session = Session(busy)
    pages = all_pages(session)
    busy.build(drafts=True)
    published = busy.files()
    assert "Entwurf wirbt" in pages["index.html"]
    # A preview shows pictures as they lie in the folder.
    assert {target: re.sub(r'src="[^"]*"', "", published[target].decode()) for target in pages} == {
        target: re.sub(r'src="[^"]*"', "", text) for target, text in pages.items()
    }
    file = ad(busy, "Entwurf", draft="ja", alt="Anders wirbt")
    session.save(file)
    session.settle()
    assert "Anders wirbt" in session.text("/")
    session.backend.close()


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"slot": "unten"}, "slot-unknown"),
        ({"slot": None}, "field-missing"),
        ({"alt": None}, "ad-without-alt"),
        ({"bild": None, "alt": None}, "field-missing"),
        ({"bild": "\n  datei:\n  alt:", "alt": None}, "field-empty"),
        ({"bild": "nirgends.svg"}, "picture-missing"),
        ({"bild": "https://www.firma.example/x.jpg"}, "image-external"),
        ({"link": "firma.example"}, "url-wrong"),
        ({"link": "javascript:alert(1)"}, "url-wrong"),
        ({"link": None}, "field-missing"),
        ({"von": "31.2.2026"}, "date-impossible"),
        ({"rubrik": "politik"}, "key-unknown"),
    ],
)
def test_mistakes_are_told(tmp_path: Path, fields: dict[str, object], name: str) -> None:
    portal = TestPortal.small(tmp_path / "p")
    ad(portal, "Firma", **fields)  # type: ignore[arg-type]
    assert [(one.path, one.name) for one in portal.mistakes()] == [
        ("content/anzeigen/firma.md", name)
    ]


def test_an_end_before_the_beginning_is_doubted(tmp_path: Path) -> None:
    portal = TestPortal.small(tmp_path / "p")
    ad(portal, "Firma", von="2026-07-01", bis="2026-06-20")
    assert [one.name for one in portal.build().warnings] == ["ad-never-shown"]


def test_nobody_can_link_to_an_ad(tmp_path: Path) -> None:
    portal = TestPortal.small(tmp_path / "p")
    ad(portal, "Firma")
    portal.article("2026/05/a.md", "Wie [die](../../anzeigen/firma.md) sagt.")
    assert [one.name for one in portal.mistakes()] == ["link-broken"]


def test_check_sees_a_layout_that_hides_what_an_ad_is(busy: TestPortal) -> None:
    ad(busy, "Firma", "oben")
    assert found(busy, "ad-layout") == []
    layout = busy.root / "layouts/fragments/ad.html"
    text = layout.read_text(encoding="utf-8")
    layout.write_text(text.replace(' rel="sponsored"', ""), encoding="utf-8")
    assert found(busy, "ad-layout")
    layout.write_text(text.replace("Anzeige", "Tipp"), encoding="utf-8")
    assert found(busy, "ad-layout")

"""`status` says what waits, and when the next build is needed."""

import time
from datetime import datetime, timedelta

import pytest

from generator.base.report import Options
from generator.cli.status import Status, lines, status
from generator.config import portal as portals
from tests.portals import NOW, TestPortal


def look(portal: TestPortal, at: datetime = NOW) -> Status:
    return status(portals.load(portal.root / "portal.toml"), Options(at=at))


@pytest.fixture
def small(portal: TestPortal) -> TestPortal:
    """A portal whose pages do not show the day."""
    for layout in (portal.root / "layouts").rglob("*.html"):
        text = layout.read_text(encoding="utf-8")
        layout.write_text(text.replace("site.today()", "page.address"), encoding="utf-8")
    return portal


def test_nothing_waits(small: TestPortal) -> None:
    small.article("a.md")
    small.build()
    found = look(small)
    assert list(lines(found, "en")) == [
        "Nothing waits.",
        "No build is needed until something is edited.",
    ]
    assert list(lines(found, "en", plain=True)) == []


def test_what_waits_is_told_with_its_moment(small: TestPortal) -> None:
    small.article("a.md", title="Entwurf", draft="ja")
    small.article("b.md", title="Später", date="2026-06-20 08:00")
    small.article("c.md", title="Winter", date="2026-12-01 08:00")
    small.article("d.md", title="Läuft ab", expires="2026-06-18")
    small.article("e.md", section="sport")
    found = look(small)
    assert list(lines(found, "en")) == [
        "Drafts:",
        "  content/a.md: Entwurf",
        "Will appear:",
        "  2026-06-20 08:00+02:00 Europe/Berlin  content/b.md: Später",
        "  2026-12-01 08:00+01:00 Europe/Berlin  content/c.md: Winter",
        "Will expire:",
        "  2026-06-19 00:00+02:00 Europe/Berlin  content/d.md: Läuft ab",
        "1 source cannot be read; `stadtschreiber check` says why.",
        "The next build is needed at 2026-06-19 00:00+02:00 Europe/Berlin.",
    ]
    assert list(lines(found, "en", plain=True)) == ["2026-06-19T00:00:00+02:00"]
    assert list(lines(found, "de"))[-1] == (
        "Der nächste Bau ist nötig um 2026-06-19 00:00+02:00 Europe/Berlin."
    )


def test_corrections_that_are_open_are_told(small: TestPortal) -> None:
    small.article(
        "a.md",
        title="Zahlen",
        korrekturen="[{datum: 2026-05-03, text: Es waren drei.}, {text: Wie viele?, offen: ja}]",
    )
    small.article("b.md", title="Namen", korrekturen="\n- datum: 2026-05-03")
    assert list(lines(look(small), "en")) == [
        "Corrections open:",
        "  content/a.md:5: Zahlen – Wie viele?",
        "  content/b.md:6: Namen",
        "No build is needed until something is edited.",
    ]
    assert next(lines(look(small), "de")) == "Offene Korrekturen:"


def test_a_build_that_was_missed_is_told(small: TestPortal) -> None:
    small.article("a.md")
    small.article("b.md", date="2026-06-20 08:00")
    time.sleep(0.1)  # of a file that was written just now a build does not trust the times
    small.build()
    late = look(small, NOW + timedelta(days=10))
    assert late.overdue
    assert list(lines(late, "en", plain=True)) == ["2026-06-20T08:00:00+02:00"]
    assert list(lines(late, "en"))[-1].startswith("The next build has been needed since 2026-06-20")


def test_pages_that_show_the_day_want_a_build_at_midnight(portal: TestPortal) -> None:
    portal.article("a.md")
    portal.write("layouts/front.html", "<p>{{ site.today() }}</p>")
    portal.build()
    assert list(lines(look(portal), "en", plain=True)) == ["2026-06-16T00:00:00+02:00"]


def test_the_command(portal: TestPortal) -> None:
    portal.article("a.md", date="2026-06-20 08:00")
    done = portal.run("status", "--plain", "--at", "2026-06-15")
    assert (done.stdout, done.returncode) == ("2026-06-20T08:00:00+02:00\n", 0)

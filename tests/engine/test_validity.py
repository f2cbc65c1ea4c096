"""Until when a build holds: one answer for a build, for `status` and for the preview."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from generator.base.report import Options, Report
from generator.cli.status import lines, status
from generator.config import portal as portals
from generator.serve.backend import Shown
from generator.site.advertising import turn
from tests.portals import NOW, TestPortal
from tests.serve.test_preview import Session
from tests.site.test_advertising import ad


@pytest.fixture
def quiet(tmp_path: Path) -> TestPortal:
    """A portal whose pages ask for nothing that changes with time."""
    portal = TestPortal.small(tmp_path / "portal")
    for layout in (portal.root / "layouts").rglob("*"):
        if layout.is_file():
            layout.write_text("{{ page.address }}", encoding="utf-8")
    portal.article("2026/05/a.md")
    return portal


def plain(portal: TestPortal, at: datetime) -> str:
    """What `status --plain` prints."""
    loaded = portals.load(portal.root / "portal.toml")
    return "".join(lines(status(loaded, Options(at=at)), "en", plain=True))


def news_sitemap(portal: TestPortal) -> None:
    """Its only article of today, three hours old, is news for two days less three hours."""
    portal.article("2026/06/neu.md", date="2026-06-15 09:00")
    portal.write(
        "layouts/sitemap-news.xml", "{% for one in site.recent() %}{{ one.title }}{% endfor %}"
    )


def the_day(portal: TestPortal) -> None:
    portal.write("layouts/front.html", "{{ site.today()|date_long }}")


def ads_that_take_turns(portal: TestPortal) -> None:
    """Of the three one shows today, another one tomorrow."""
    for name in ("Alpha", "Beta", "Gamma"):
        ad(portal, name)
    portal.write("layouts/front.html", '{{ site.ad("top").name }}')


def two_ads_that_take_turns(portal: TestPortal) -> None:
    """Today's shows tomorrow as well: then the order begins one later."""
    for name in ("Alpha", "Beta"):
        ad(portal, name)
    portal.write("layouts/front.html", '{{ site.ad("top").name }}')


def an_ad_that_ends(portal: TestPortal) -> None:
    ad(portal, "Alpha", bis="2026-06-17")
    portal.write("layouts/front.html", '{{ site.ad("top") and site.ad("top").name }}')


def an_article_that_appears(portal: TestPortal) -> None:
    portal.article("2026/06/bald.md", date="2026-06-20 08:00")


def an_article_that_expires(portal: TestPortal) -> None:
    portal.article("2026/05/b.md", expires="2026-06-18 18:30")


REASONS = {
    news_sitemap: "2026-06-17T09:00:00+02:00",
    the_day: "2026-06-16T00:00:00+02:00",
    ads_that_take_turns: "2026-06-16T00:00:00+02:00",
    two_ads_that_take_turns: "2026-06-17T00:00:00+02:00",
    an_ad_that_ends: "2026-06-18T00:00:00+02:00",
    an_article_that_appears: "2026-06-20T08:00:00+02:00",
    an_article_that_expires: "2026-06-18T18:30:00+02:00",
}


def does_something(report: Report) -> bool:
    return bool(report.written or report.removed)


@pytest.mark.parametrize("reason", REASONS)
def test_the_timer_wakes_when_a_build_changes_something_and_not_before(
    quiet: TestPortal, reason: object
) -> None:
    reason(quiet)  # type: ignore[operator]
    at = NOW + timedelta(days=reason is two_ads_that_take_turns and first_of_two_days())
    report = quiet.build(at=at)
    moment = datetime.fromisoformat(plain(quiet, at))
    assert moment == report.until
    if reason is not two_ads_that_take_turns:
        assert moment.isoformat() == REASONS[reason]  # type: ignore[index]
    assert not does_something(quiet.build(at=moment - timedelta(seconds=1)))
    assert plain(quiet, moment) == moment.isoformat()  # it is needed now
    assert does_something(quiet.build(at=moment))


def first_of_two_days() -> int:
    """In how many days one of two ads has the first of its two days in a row."""
    day = NOW.date()
    return next(
        n for n in range(4) if turn(day + timedelta(n), 2) == turn(day + timedelta(n + 1), 2)
    )


def test_two_ads_change_places_every_other_day(quiet: TestPortal) -> None:
    two_ads_that_take_turns(quiet)
    at = NOW + timedelta(days=first_of_two_days())
    report = quiet.build(at=at)
    assert report.until
    assert report.until.date() == at.date() + timedelta(days=2)


def test_the_earliest_reason_counts(quiet: TestPortal) -> None:
    for reason in (news_sitemap, an_article_that_appears, an_article_that_expires):
        reason(quiet)
    quiet.build()
    assert plain(quiet, NOW) == REASONS[news_sitemap]


def test_nothing_that_no_page_asks_for_wakes_the_timer(quiet: TestPortal) -> None:
    for name in ("Alpha", "Beta", "Gamma"):
        ad(quiet, name)
    quiet.article("2026/06/neu.md", date="2026-06-15 09:00")
    assert quiet.build().until is None
    assert plain(quiet, NOW) == ""


def test_midnight_is_that_of_the_portal_where_clocks_change(quiet: TestPortal) -> None:
    the_day(quiet)
    at = datetime.fromisoformat("2026-10-25T01:00:00+02:00")  # a day of 25 hours
    quiet.build(at=at)
    assert plain(quiet, at) == "2026-10-26T00:00:00+01:00"


def test_a_build_that_was_missed_is_told_whatever_was_due(quiet: TestPortal) -> None:
    news_sitemap(quiet)
    quiet.build()
    assert plain(quiet, NOW + timedelta(days=9)) == REASONS[news_sitemap]


@pytest.mark.parametrize("reason", [the_day, news_sitemap, an_article_that_appears])
def test_the_preview_is_another_one_by_then(
    quiet: TestPortal, monkeypatch: pytest.MonkeyPatch, reason: object
) -> None:
    moment = [NOW]
    monkeypatch.setattr(Shown, "_at", lambda _shown: moment[0])
    reason(quiet)  # type: ignore[operator]
    session = Session(quiet, at="", drafts=False)
    pages = ("/", "/sitemap-news.xml", "/2026/06/bald/")
    before = [session.text(page) for page in pages]
    until = datetime.fromisoformat(REASONS[reason])  # type: ignore[index]
    while moment[0] < until:
        due = session.settle().due
        assert due > moment[0].timestamp()
        assert [session.text(page) for page in pages] == before
        moment[0] = NOW.fromtimestamp(due, NOW.tzinfo)
        session.backend.look(None)
    assert moment[0] == until
    assert [session.text(page) for page in pages] != before
    session.backend.close()

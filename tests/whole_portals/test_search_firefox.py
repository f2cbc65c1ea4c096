"""The search as readers of Debian's Firefox use it, with and without a content security policy."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests import firefox
from tests.browser import CSP, serving
from tests.firefox import Tab

pytestmark = [pytest.mark.browser, pytest.mark.needs("firefox")]

OFFICE: Final = "/2026/11/haselbrueck-buergerbuero-umbau/"
LINKS: Final = "[...document.querySelectorAll('.search-results a')].map(one => one.href)"
FIELD: Final = "document.querySelector('#Suchwort')"
ACTIVE: Final = f"document.getElementById({FIELD}.getAttribute('aria-activedescendant'))"


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    with firefox.started(tmp_path_factory.mktemp("firefox")) as started:
        yield started


@pytest.fixture(params=[CSP, ""], ids=["policy", "no-policy"])
def home(sample: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """Where the sample portal is served."""
    with serving(sample, request.param) as address:
        yield address


def says(tab: Tab, sentence: str) -> None:
    """Waits until the page says that."""
    tab.until("document.querySelector('.search-count').textContent", sentence.__eq__)


def test_a_reader_types_chooses_and_comes_to_the_place(tab: Tab, home: str) -> None:
    tab.console.clear()
    tab.open(f"{home}/suche/#Suche")
    tab.until(f"document.activeElement === {FIELD}")
    tab.press("Bürgerbür")
    tab.until("document.querySelectorAll('.search-suggestions li').length")
    tab.press("ArrowDown")
    word = tab.until(f"{ACTIVE}?.textContent.trim()")
    assert word.startswith("Bürgerbüro")
    tab.press("Enter")
    tab.until(f"{FIELD}.value", word.__eq__)
    links = tab.until(LINKS)
    assert [link for link in links if link.startswith(f"{home}{OFFICE}#:~:text=")], links
    assert tab.ask("decodeURIComponent(location.hash) + location.search") == f"#q={word}"
    marked = tab.ask("document.querySelector('.search-results mark').textContent")
    assert marked.startswith("Bürgerbüro")
    tab.press("ArrowDown", "Enter")
    tab.until("location.pathname", "/suche/".__ne__)
    assert tab.console == []


def test_slips_lead_further(tab: Tab, home: str) -> None:
    tab.open(f"{home}/suche/#q=Verwatlung")
    says(tab, "Nichts gefunden: Kein Beitrag enthält „Verwatlung“.")
    tab.ask("document.querySelector('.search-corrections a').click()")
    tab.until("location.hash", "#q=Verwaltung".__eq__)
    assert tab.until(LINKS)
    tab.back()
    says(tab, "Nichts gefunden: Kein Beitrag enthält „Verwatlung“.")


def test_addresses_of_old_and_filters_work(tab: Tab, home: str) -> None:
    tab.open(f"{home}/suche/?q=Kassenlotse&art=firm")
    says(tab, "1 Treffer")
    assert tab.until(LINKS)[0].startswith(f"{home}/it-guide/kassenlotse/")
    assert tab.ask("location.href") == f"{home}/suche/#q=Kassenlotse&art=firm"
    assert "Firma (1)" in tab.ask("document.querySelector('#Suchart').textContent")

"""The search as readers use it: in Debian's Chromium, under the content security policy."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser import SLOW, Watched, serving
from tests.whole_portals.test_reader_browser import WIDE, found, resize

RESULTS: Final = ".search-results > li"
COUNT: Final = ".search-count"


@pytest.fixture(scope="module")
def home(sample: Path) -> Iterator[str]:
    """Where the sample portal is served."""
    with serving(sample) as address:
        yield address


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(locale="de-DE", reduced_motion="reduce")
    made.set_default_timeout(SLOW)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def field(page: Page, name: str) -> Locator:
    """A field of the search's form."""
    return page.locator("main").get_by_label(name)


def results(page: Page) -> list[str]:
    """The addresses of what was found, once the search is done."""
    expect(page.locator(".search-results[aria-busy=false]")).to_be_attached(timeout=SLOW)
    links = page.locator(f"{RESULTS} a").all()
    return [str(link.get_attribute("href")) for link in links]


def searched(page: Page, home: str, query: str) -> list[str]:
    page.goto(f"{home}/suche/?{query}")
    return results(page)


@pytest.mark.parametrize(
    ("words", "address"),
    [
        ("Bürgerbüros", "/2026/11/haselbrueck-buergerbuero-umbau/"),  # another form of the word
        ("buergerbuero", "/2026/11/haselbrueck-buergerbuero-umbau/"),
        ("Sofa grün", "/2026/11/haselbrueck-buergerbuero-umbau/"),  # both words, not side by side
        ("Schalter weniger", "/2026/11/haselbrueck-buergerbuero-umbau/"),  # the headline
        ("Dörfler", "/2026/11/haselbrueck-buergerbuero-umbau/"),  # who wrote it
        ("Bürgerservice", "/2026/11/haselbrueck-buergerbuero-umbau/"),  # a keyword
    ],
)
def test_what_readers_look_for_is_found(page: Page, home: str, words: str, address: str) -> None:
    watched = Watched(home)
    watched.watch(page)
    assert address in searched(page, home, f"q={words}")
    assert watched.trouble == []


def test_an_umlaut_may_be_written_out(page: Page, home: str) -> None:
    with_umlaut = searched(page, home, "q=Bürgerbüro")
    assert with_umlaut
    assert set(searched(page, home, "q=Buergerbuero")) == set(with_umlaut)


def test_the_place_where_a_word_stands_is_shown_and_nothing_else_is_html(
    page: Page, home: str
) -> None:
    searched(page, home, "q=buergerbuero")
    mark = page.locator(f"{RESULTS} mark").first
    expect(mark).to_have_text(re.compile("^Bürgerbüro"))
    inside = page.locator(f"{RESULTS} .search-excerpt *").evaluate_all(
        "elements => [...new Set(elements.map(element => element.tagName))]"
    )
    assert inside == ["MARK"]


@pytest.mark.parametrize(
    "words", ["gruenhafen parkraum", "wernland servicekonto", "falkenrode digitaltag"]
)
def test_nothing_unpublished_is_found(page: Page, home: str, words: str) -> None:
    slug = words.replace(" ", "-")
    assert not [address for address in searched(page, home, f"q={words}") if slug in address]


def test_filters_narrow_what_is_found_and_are_part_of_the_address(page: Page, home: str) -> None:
    everything = searched(page, home, "q=Haushalt")
    field(page, "Bereich").select_option("Finanzwesen")
    in_section = results(page)
    sections = page.locator(f"{RESULTS} [data-part=section]").all_inner_texts()
    assert set(sections) == {"Finanzwesen"}
    field(page, "Jahr").select_option("2026")
    narrowed = results(page)
    assert all("2026" in day for day in page.locator(f"{RESULTS} time").all_inner_texts())
    assert 0 < len(narrowed) < len(in_section) < len(everything)
    expect(page).to_have_url(re.compile("q=Haushalt&bereich=finanzwesen&jahr=2026"))
    # Whoever opens this address sees the same.
    page.reload()
    assert results(page) == narrowed
    expect(field(page, "Bereich")).to_have_value("finanzwesen")


def test_what_was_paid_for_says_so(page: Page, home: str) -> None:
    assert "/2026/10/kassenlotse-mahnwesen/" in searched(page, home, "art=sponsored")
    for result in page.locator(RESULTS).all():
        expect(result.locator("h2 .label-sponsored")).to_have_text("Anzeige")


def test_the_newest_come_first_where_that_is_wanted(page: Page, home: str) -> None:
    searched(page, home, "q=Haushalt&folge=neueste")
    days = page.locator(f"{RESULTS} time").evaluate_all("all => all.map(one => one.dateTime)")
    assert len(days) > 2
    assert days == sorted(days, reverse=True)


def test_ten_are_shown_and_more_are_asked_for(page: Page, home: str) -> None:
    assert len(searched(page, home, "jahr=2026")) == 10
    page.get_by_role("button", name="Weitere Treffer").click()
    eleventh = page.locator(f"{RESULTS} >> nth=10").get_by_role("link")
    expect(eleventh).to_be_focused(timeout=SLOW)


def test_what_is_typed_is_searched_for_at_once(page: Page, home: str) -> None:
    page.goto(f"{home}/suche/")
    expect(page.locator(COUNT)).to_be_empty()
    field(page, "Suchwort").press_sequentially("Sofa")
    assert "/2026/11/haselbrueck-buergerbuero-umbau/" in results(page)
    field(page, "Suchwort").fill("xyzxyz")
    expect(page.locator(COUNT)).to_have_text(re.compile("^Nichts gefunden"), timeout=SLOW)
    expect(page.locator(RESULTS)).to_have_count(0)


def test_the_keyboard_is_enough(page: Page, home: str) -> None:
    resize(page, 1440)
    page.goto(f"{home}/politik/")
    page.get_by_role("search").get_by_label("Suchwort").press_sequentially("Sofa")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{home}/suche/?q=Sofa", timeout=SLOW)
    address = results(page)[0]
    word = field(page, "Suchwort")
    word.focus()
    page.keyboard.press("ArrowDown")
    first = page.locator(f"{RESULTS} >> nth=0").get_by_role("link")
    expect(first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(word).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(word).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(home + address, timeout=SLOW)


def test_results_are_for_everybody(page: Page, home: str) -> None:
    watched = Watched(home)
    watched.watch(page)
    searched(page, home, "jahr=2026")
    for width in (320, 1440):
        resize(page, width)
        assert page.evaluate(WIDE) == []
        assert found(page) == []
        page.emulate_media(color_scheme="dark")
        assert found(page, only_colours=True) == []
        page.emulate_media(color_scheme="light")
    assert watched.trouble == []
    expect(page.get_by_role("status")).to_have_text(re.compile(r"^\d+ Treffer$"))


def test_where_there_is_no_index_it_says_so(page: Page, home: str) -> None:
    page.route("**/pagefind/**", lambda route: route.abort())
    page.goto(f"{home}/suche/?q=Haushalt")
    expect(page.locator(COUNT)).to_have_text(re.compile("In der Vorschau"), timeout=SLOW)


def test_without_javascript_it_says_where_else_to_look(browser: Browser, home: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    context.set_default_timeout(SLOW)
    page = context.new_page()
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{home}/")
    page.get_by_role("search").get_by_label("Suchwort").fill("Sofa")
    page.get_by_role("button", name="Suchen").click()
    expect(page).to_have_url(f"{home}/suche/?q=Sofa")
    main = page.locator("main")
    note = main.locator("noscript .search-note")
    expect(note).to_be_visible()
    assert "JavaScript" in note.inner_text()
    expect(field(page, "Suchwort")).to_be_disabled()
    note.locator("a[href='/archiv/']").click()
    expect(page).to_have_url(f"{home}/archiv/")
    context.close()

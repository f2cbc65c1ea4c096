"""The search as readers use it: in Debian's Chromium, under the content security policy."""

import gzip
import re
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser, Locator, Page, Request, Route, expect

from tests.browser import SLOW, Watched, serving
from tests.whole_portals.test_reader_browser import WIDE, found, resize

RESULTS: Final = ".search-results > li"
COUNT: Final = ".search-count"
OFFICE: Final = "/2026/11/haselbrueck-buergerbuero-umbau/"
BUDGET: Final = 60_000
"""Bytes that the scripts of the search page may have, packed."""


def field(page: Page, name: str) -> Locator:
    """A field of the search's form."""
    return page.locator("main").get_by_label(name, exact=True)


def results(page: Page) -> list[str]:
    """The addresses of what was found, once the search is done; without the marked words."""
    expect(page.locator(".search-results[aria-busy=false]")).to_be_attached(timeout=SLOW)
    links = page.locator(f"{RESULTS} a").all()
    return [str(link.get_attribute("href")).split("#")[0] for link in links]


def searched(page: Page, home: str, query: str) -> list[str]:
    page.goto("about:blank")
    page.goto(f"{home}/suche/#{query}")
    return results(page)


def entered(page: Page, words: str) -> list[str]:
    field(page, "Suchwort").fill(words)
    page.keyboard.press("Enter")
    return results(page)


def suggestions(page: Page) -> Locator:
    """What is suggested, once it is."""
    expect(page.get_by_role("listbox")).to_be_visible(timeout=SLOW)
    return page.get_by_role("listbox").get_by_role("option")


# What is found, and how it is shown.


@pytest.mark.parametrize(
    "words",
    [
        "Bürgerbüros",  # another form of the word
        "buergerbuero",
        "Sofa grün",  # both words, not side by side
        "Schalter weniger",  # the headline
        "Dörfler",  # who wrote it
        "Bürgerservice",  # a keyword
    ],
)
def test_what_readers_look_for_is_found(page: Page, home: str, words: str) -> None:
    watched = Watched(home)
    watched.watch(page)
    assert OFFICE in searched(page, home, f"q={words}")
    assert watched.trouble == []


@pytest.mark.parametrize("policy", ["", "default-src 'self'"])
def test_it_needs_no_leave_of_a_policy(page: Page, sample: Path, policy: str) -> None:
    with serving(sample, policy) as address:
        assert OFFICE in searched(page, address, "q=Sofa")


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


def test_firms_and_standing_pages_are_found_too(page: Page, home: str) -> None:
    assert searched(page, home, "q=Kassenlotse&art=firm") == ["/it-guide/kassenlotse/"]
    expect(page.locator(f"{RESULTS} h2 .label")).to_have_text("Firma")
    assert searched(page, home, "q=Impressum&art=page")[0] == "/impressum/"
    expect(page.locator(f"{RESULTS} time")).to_have_count(0)


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


def test_filters_say_how_many_each_choice_would_leave(page: Page, home: str) -> None:
    everything = len(searched(page, home, "q=Glasfaser"))
    expect(page.locator(COUNT)).to_have_text(f"{everything} Treffer")
    dated = page.locator(f"{RESULTS} time").count()
    year = field(page, "Jahr")
    told = dict(re.findall(r"(\d{4}) \((\d+)\)", "".join(year.locator("option").all_inner_texts())))
    assert sum(map(int, told.values())) == dated
    year.select_option("2026")
    assert len(results(page)) == int(told["2026"]) > 0
    # The other years still say what they would leave; other filters follow.
    expect(year.locator("option[value='2023']")).to_have_text(f"2023 ({told['2023']})")
    sections = "".join(field(page, "Bereich").locator("option").all_inner_texts())
    assert sum(map(int, re.findall(r"\((\d+)\)", sections))) == int(told["2026"])


# What is said where nothing is found, or nothing can be.


def test_words_that_no_article_holds_are_named_and_near_ones_offered(page: Page, home: str) -> None:
    assert searched(page, home, "q=Glasfaser Verwatlung") == []
    expect(page.locator(COUNT)).to_have_text("Nichts gefunden: Kein Beitrag enthält „Verwatlung“.")
    expect(page.locator("main").get_by_role("link", name="Archiv")).to_be_visible()
    near = page.locator(".search-corrections").get_by_role("link", name="Verwaltung", exact=True)
    near.click()
    expect(page).to_have_url(f"{home}/suche/#q=Glasfaser+Verwaltung")
    expect(field(page, "Suchwort")).to_have_value("Glasfaser Verwaltung")
    expect(page.locator(".search-corrections")).to_be_hidden()


def test_where_a_word_is_only_begun_those_that_begin_so_are_offered(page: Page, home: str) -> None:
    assert searched(page, home, "q=verwal") == []
    expect(page.locator(".search-corrections a").first).to_have_text("Verwaltung")


def test_of_a_word_that_is_only_begun_nothing_is_said_while_it_is_typed(
    page: Page, home: str
) -> None:
    page.goto(f"{home}/suche/")
    field(page, "Suchwort").press_sequentially("Glasf")
    assert suggestions(page).count()
    assert results(page) == []
    expect(page.locator(COUNT)).to_be_empty()
    page.keyboard.press("Enter")
    expect(page.locator(COUNT)).to_have_text("Nichts gefunden: Kein Beitrag enthält „Glasf“.")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("* – ?", "Geben Sie ein Wort ein, nach dem sich suchen lässt."),
        ("und der", "Geben Sie ein Wort ein, .* Nicht gesucht, .*: „und“ und „der“."),
        ("xaxa xbxb xcxc xdxd xexe", "Kein Beitrag enthält „xaxa“, „xbxb“, „xcxc“ oder 2 weitere"),
    ],
)
def test_what_cannot_be_looked_for_is_told_in_few_words(
    page: Page, home: str, words: str, said: str
) -> None:
    assert searched(page, home, f"q={words}") == []
    expect(page.locator(COUNT)).to_have_text(re.compile(said), timeout=SLOW)


def test_a_slow_line_is_told_of(page: Page, home: str) -> None:
    waiting: list[Route] = []
    page.route("**/suchindex/index.json", lambda route: waiting.insert(0, route))
    page.goto(f"{home}/suche/#q=Sofa")
    expect(page.locator(COUNT)).to_have_text("Die Suche läuft …", timeout=SLOW)
    waiting[0].continue_()
    assert OFFICE in results(page)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        pytest.param(None, "Verbindung zum Netz", id="no line"),
        pytest.param({"status": 404}, "In der Vorschau", id="no index"),
        pytest.param({"json": {"version": 1}}, "laden Sie diese Seite neu", id="another format"),
        pytest.param({"body": "<html>"}, "nicht erreichbar", id="something else in its place"),
    ],
)
def test_where_there_is_no_index_it_says_why_and_where_else_to_look(
    page: Page, home: str, answer: dict[str, Any] | None, said: str
) -> None:
    page.route(
        "**/suchindex/**", lambda route: route.fulfill(**answer) if answer else route.abort()
    )
    page.goto(f"{home}/suche/#q=Haushalt")
    expect(page.locator(COUNT)).to_have_text(re.compile(said), timeout=SLOW)
    expect(page.locator("main").get_by_role("link", name="Archiv")).to_be_visible()
    # As soon as it can be had it is.
    page.unroute("**/suchindex/**")
    assert entered(page, "Haushalt")


def test_a_file_of_the_index_that_is_cut_short_holds_up_no_browser(page: Page, home: str) -> None:
    page.route("**/suchindex/w/**", lambda route: route.fulfill(body=b"\x09\x80"))
    page.goto(f"{home}/suche/#q=Haushalt")
    expect(page.locator(COUNT)).to_have_text(re.compile("nicht erreichbar"), timeout=SLOW)


def test_without_javascript_it_says_where_else_to_look(browser: Browser, home: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    context.set_default_timeout(SLOW)
    page = context.new_page()
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{home}/")
    page.get_by_role("link", name="Suche", exact=True).click()
    note = page.locator("main").locator("noscript .search-note")
    expect(note).to_be_in_viewport()
    assert "JavaScript" in note.inner_text()
    expect(field(page, "Suchwort")).to_be_disabled()
    note.locator("a[href='/archiv/']").click()
    expect(page).to_have_url(f"{home}/archiv/")
    context.close()


# The address, and who learns of it.


def test_a_search_is_an_address_that_can_be_passed_on(page: Page, home: str) -> None:
    everything = searched(page, home, "q=Haushalt")
    field(page, "Bereich").select_option("finanzwesen")
    in_section = results(page)
    field(page, "Jahr").select_option("2026")
    narrowed = results(page)
    assert 0 < len(narrowed) < len(in_section) < len(everything)
    expect(page).to_have_url(f"{home}/suche/#q=Haushalt&bereich=finanzwesen&jahr=2026")
    page.reload()
    assert results(page) == narrowed
    expect(field(page, "Bereich")).to_have_value("finanzwesen")
    page.go_back()
    assert results(page) == in_section
    page.go_back()
    assert results(page) == everything
    page.go_forward()
    assert results(page) == in_section


def test_the_way_back_leads_to_each_search_and_not_to_each_letter(page: Page, home: str) -> None:
    page.goto(f"{home}/suche/")
    first = entered(page, "Haushalt")
    field(page, "Suchwort").fill("")
    field(page, "Suchwort").press_sequentially("Sofa", delay=400)
    second = results(page)
    page.locator(f"{RESULTS} a").first.click()
    page.go_back()
    assert results(page) == second
    page.go_back()
    assert results(page) == first


def test_the_link_to_the_text_of_the_page_leaves_the_search_as_it_is(page: Page, home: str) -> None:
    before = searched(page, home, "q=Haushalt")
    page.evaluate("location.hash = 'Inhalt'")
    assert results(page) == before
    expect(field(page, "Suchwort")).to_have_value("Haushalt")


def test_nobody_is_sent_what_is_typed(page: Page, home: str) -> None:
    sent: list[str] = []

    def note(request: Request) -> None:
        sent.append(unquote(request.url + " " + str(request.all_headers())).lower())

    page.on("requestfinished", note)
    page.goto(f"{home}/")
    page.get_by_role("link", name="Suche", exact=True).first.click()
    expect(field(page, "Suchwort")).to_be_focused(timeout=SLOW)
    field(page, "Suchwort").press_sequentially("Glasfa", delay=50)
    assert suggestions(page).count()
    entered(page, "Glasfaserausbau Kasse")
    assert len(sent) > 10
    assert not [one for one in sent if re.search("glasfa|kasse", one)]


def test_an_address_of_old_is_kept_to_oneself_at_once(page: Page, home: str) -> None:
    page.goto(f"{home}/suche/?q=Haushalt&bereich=finanzwesen&folge=")
    assert results(page)
    assert page.url == f"{home}/suche/#q=Haushalt&bereich=finanzwesen"
    page.goto(f"{home}/suche/?q=Haushalt#Suche")
    expect(page).to_have_url(f"{home}/suche/#q=Haushalt")
    page.goto(f"{home}/suche/?from=letter")
    expect(page).to_have_url(f"{home}/suche/")


# Suggestions, and the keyboard.


def test_the_keyboard_chooses_among_suggestions(page: Page, home: str) -> None:
    page.goto(f"{home}/suche/")
    word = field(page, "Suchwort")
    word.press_sequentially("Glasf")
    offered = suggestions(page)
    expect(word).to_have_attribute("aria-expanded", "true")
    expect(page.locator(".search-suggested")).to_have_text(re.compile(r"^\d+ Vorschläge"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    second = offered.nth(1)
    expect(second).to_have_attribute("aria-selected", "true")
    expect(word).to_have_attribute("aria-activedescendant", str(second.get_attribute("id")))
    expect(word).to_be_focused()
    expect(word).to_have_value("Glasf")
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(word).to_have_value("Glasf")
    page.keyboard.press("Alt+ArrowDown")
    offered = suggestions(page)
    page.keyboard.press("ArrowDown")
    chosen = offered.first.inner_text().strip()
    page.keyboard.press("Enter")
    expect(word).to_have_value(chosen)
    expect(page.get_by_role("listbox")).to_be_hidden()
    assert results(page)


@pytest.mark.parametrize(
    ("typed", "name", "address"),
    [
        ("E-Gov", "E-Government Bereich", "/e-government/"),
        ("Glasfas", "Glasfaser Stichwort", "/stichwort/glasfaser/"),
        ("Kassen", "Kassenlotse GmbH Firma", "/it-guide/kassenlotse/"),
        ("Datensch", "Datenschutz Seite", "/datenschutz/"),
        ("Drei Schalt", "Drei Schalter weniger, ein Sofa mehr Beitrag", OFFICE),
    ],
)
def test_a_suggestion_may_be_a_page(
    page: Page, home: str, typed: str, name: str, address: str
) -> None:
    page.goto(f"{home}/suche/")
    field(page, "Suchwort").fill(typed)
    suggestions(page).filter(has_text=re.compile(name.replace(" ", r"\s+"))).first.click()
    expect(page).to_have_url(home + address, timeout=SLOW)


@pytest.mark.parametrize(
    ("typed", "name"), [("Impress", "Impressum Seite"), ("Kassenlotse", "Kassenlotse GmbH Firma")]
)
def test_no_page_is_suggested_twice(page: Page, home: str, typed: str, name: str) -> None:
    page.goto(f"{home}/suche/")
    field(page, "Suchwort").fill(typed)
    told = [" ".join(text.split()) for text in suggestions(page).all_inner_texts()]
    assert [one for one in told if one.startswith(name.rsplit(" ", 1)[0] + " ")] == [name]


def test_what_is_typed_is_searched_for_at_once(page: Page, home: str) -> None:
    page.goto(f"{home}/suche/")
    expect(page.locator(COUNT)).to_be_empty()
    field(page, "Suchwort").press_sequentially("Sofa")
    assert OFFICE in results(page)
    field(page, "Suchwort").fill("xyzxyz")
    expect(page.locator(COUNT)).to_have_text(re.compile("^Nichts gefunden"), timeout=SLOW)
    expect(page.locator(RESULTS)).to_have_count(0)


def test_the_keyboard_is_enough(page: Page, home: str) -> None:
    resize(page, 1440)
    page.goto(f"{home}/politik/")
    page.get_by_role("link", name="Suche", exact=True).focus()
    page.keyboard.press("Enter")
    word = field(page, "Suchwort")
    expect(word).to_be_focused(timeout=SLOW)
    page.keyboard.type("Sofa")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{home}/suche/#q=Sofa", timeout=SLOW)
    address = results(page)[0]
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
    expect(page).to_have_url(re.compile(re.escape(home + address)), timeout=SLOW)


# In the article.


def test_a_hit_leads_to_its_place_in_the_article(page: Page, home: str) -> None:
    resize(page, 390)
    searched(page, home, "q=Sofa")
    link = page.locator(f"{RESULTS} a[href^='{OFFICE}']")
    assert str(link.get_attribute("href")).startswith(f"{OFFICE}#:~:text=")
    link.click()
    expect(page).to_have_url(home + OFFICE, timeout=SLOW)
    expect(page.locator(".text").get_by_text("Sofa").first).to_be_in_viewport(timeout=SLOW)


def test_browsers_that_know_no_text_fragments_get_plain_links(page: Page, home: str) -> None:
    page.add_init_script("delete Document.prototype.fragmentDirective")
    searched(page, home, "q=Sofa")
    expect(page.locator(f"{RESULTS} a[href='{OFFICE}']")).to_be_visible()


# For everybody.


def test_results_and_suggestions_are_for_everybody(page: Page, home: str) -> None:
    watched = Watched(home)
    watched.watch(page)
    searched(page, home, "jahr=2026")
    expect(page.get_by_role("status")).to_have_text(re.compile(r"^\d+ Treffer$"))
    for typed in ("", "Verwaltung", "Verwatlung"):
        field(page, "Suchwort").fill(typed)
        if typed == "Verwaltung":
            assert suggestions(page).count()
            page.keyboard.press("ArrowDown")
        results(page)
        for width in (320, 1440):
            resize(page, width)
            assert page.evaluate(WIDE) == []
            assert found(page) == []
            page.emulate_media(color_scheme="dark")
            assert found(page, only_colours=True) == []
            page.emulate_media(color_scheme="light")
    assert watched.trouble == []


def test_the_scripts_are_small(sample: Path) -> None:
    scripts = list((sample / "assets/js").glob("search*.js"))
    assert len(scripts) > 3
    assert sum(len(gzip.compress(one.read_bytes(), 9)) for one in scripts) <= BUDGET

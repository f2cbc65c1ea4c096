"""The preview as an editor sees it: Debian's Chromium, and files that are saved beside it."""

import time
from collections.abc import Iterator
from contextlib import suppress

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from tests.browser import CHROMIUM
from tests.portals import TestPortal
from tests.previews import Preview, previewing

SLOW = 30_000
"""Milliseconds that a page may take on a machine that has other things to do."""

pytestmark = [
    pytest.mark.preview,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="there is no Chromium"),
]

PAGE = "/2026/05/text-1/"
OVERLAY = "stadtschreiber-preview[data-panel=mistakes]"


@pytest.fixture
def filled(portal: TestPortal) -> TestPortal:
    """A portal with three long articles."""
    text = "\n\n".join(f"Absatz {number}, der etwas länger ist." for number in range(80))
    for number in range(3):
        portal.article(f"2026/05/text-{number}.md", f"Satz {number}.\n\n{text}")
    return portal


@pytest.fixture
def preview(filled: TestPortal) -> Iterator[Preview]:
    with previewing(filled.root) as running:
        yield running


@pytest.fixture
def page(browser: Browser, preview: Preview) -> Iterator[Page]:
    """The page of an article, in German."""
    context = browser.new_context(locale="de-DE")
    context.set_default_timeout(SLOW)
    opened = context.new_page()
    opened.goto(preview.address + PAGE)
    yield opened
    context.close()


def is_seen(page: Page, text: str) -> None:
    expect(page.get_by_text(text).first).to_be_visible(timeout=SLOW)


def test_an_editors_session(filled: TestPortal, preview: Preview, page: Page) -> None:
    file = filled.root / "content/2026/05/text-1.md"
    is_seen(page, "Satz 1.")

    # A new article is in the lists as soon as it is saved, marked as what it is.
    filled.article("2026/06/neu.md", "Erster Satz.", title="Ganz neu", draft="true")
    is_seen(page, "Ganz neu")
    page.goto(preview.address + "/2026/05/neu/")
    expect(page.locator("h1 .unpublished")).to_contain_text("Entwurf")

    # What is written is seen.
    page.goto(preview.address + PAGE)
    text = file.read_text()
    file.write_text(text.replace("Satz 1.", "Satz eins."))
    is_seen(page, "Satz eins.")
    expect(page.locator(OVERLAY)).to_have_count(0)

    # A mistake lies over the page, with its place and what to write instead.
    file.write_text(text.replace("date: 2026-05-01", "date: 2026-05-41"))
    overlay = page.locator(OVERLAY)
    expect(overlay).to_be_attached(timeout=SLOW)
    expect(overlay).to_contain_text("content/2026/05/text-1.md:3:7")
    expect(overlay).to_contain_text("date: 2026-05-41\n      ^")
    expect(overlay).to_contain_text("Im Portal ist ein Fehler")
    is_seen(page, "Satz eins.")

    # It can be laid aside, and goes away by itself when the mistake is mended.
    page.get_by_role("button", name="Schließen").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.reload()
    expect(page.get_by_role("dialog")).to_be_visible()
    file.write_text(text.replace("Satz 1.", "Satz 1, verbessert."))
    is_seen(page, "Satz 1, verbessert.")
    expect(page.locator(OVERLAY)).to_have_count(0)

    # A deleted article is gone, and comes back.
    file.unlink()
    is_seen(page, "Seite nicht gefunden")
    is_seen(page, "2026/05/text-1.md")
    file.write_text(text)
    is_seen(page, "Satz 1.")


def test_of_fifty_quick_saves_the_last_is_shown(filled: TestPortal, page: Page) -> None:
    file = filled.root / "content/2026/05/text-1.md"
    text = file.read_text()
    for number in range(50):
        file.write_text(text.replace("Satz 1.", f"Fassung {number}."))
        time.sleep((number % 7) * 0.02)
    is_seen(page, "Fassung 49.")
    page.wait_for_timeout(1500)
    is_seen(page, "Fassung 49.")


def test_whatever_moment_a_page_is_opened_in_it_shows_the_last_save(
    filled: TestPortal, page: Page
) -> None:
    file = filled.root / "content/2026/05/text-1.md"
    text = file.read_text()
    for number in range(10):
        file.write_text(text.replace("Satz 1.", f"Vorher {number}."))
        with suppress(Error):  # the reload for the save before was quicker
            page.goto(page.url, wait_until="commit")
        time.sleep(number * 0.02)
        file.write_text(text.replace("Satz 1.", f"Nachher {number}."))
        is_seen(page, f"Nachher {number}.")


def test_all_tabs_show_it(filled: TestPortal, preview: Preview, page: Page) -> None:
    other = page.context.new_page()
    other.goto(preview.address + "/")
    file = filled.root / "content/2026/05/text-1.md"
    file.write_text(file.read_text().replace("title: ", "title: Doppelt – "))
    is_seen(page, "Doppelt – ")
    is_seen(other, "Doppelt – ")


def test_the_place_on_the_page_is_kept(filled: TestPortal, page: Page) -> None:
    page.evaluate("window.scrollTo(0, 1500)")
    page.wait_for_function("window.scrollY === 1500")
    file = filled.root / "content/2026/05/text-1.md"
    file.write_text(file.read_text().replace("Absatz 79", "Schluss"))
    expect(page.get_by_text("Schluss")).to_be_attached(timeout=SLOW)
    page.wait_for_function("window.scrollY === 1500", timeout=SLOW)


def test_styles_and_layouts_are_seen(filled: TestPortal, page: Page) -> None:
    style = filled.root / "assets/css/style.css"
    style.write_text(style.read_text() + "\nh1 { outline: 3px solid rgb(1, 2, 3) }\n")
    expect(page.locator("h1")).to_have_css("outline-color", "rgb(1, 2, 3)", timeout=SLOW)
    layout = filled.root / "layouts/article.html"
    text = layout.read_text()
    layout.write_text(text.replace("{% block main %}", "{% block main %}{{ falsch }}"))
    expect(page.locator(OVERLAY)).to_contain_text("layouts/article.html", timeout=SLOW)
    is_seen(page, "Satz 1.")
    layout.write_text(text.replace("{% block main %}", "{% block main %}<b>Oben</b>"))
    is_seen(page, "Oben")
    expect(page.locator(OVERLAY)).to_have_count(0)


def test_a_page_outlives_its_preview(filled: TestPortal, browser: Browser) -> None:
    with previewing(filled.root) as first:
        page = browser.new_page()
        page.goto(first.address + PAGE)
        is_seen(page, "Satz 1.")
        port = first.port
    file = filled.root / "content/2026/05/text-1.md"
    file.write_text(file.read_text().replace("Satz 1.", "Nach der Pause."))
    with previewing(filled.root, port=port):
        is_seen(page, "Nach der Pause.")
        page.close()

"""The preview as an editor sees it: Debian's Chromium, and files that are saved beside it."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from tests.browser import SLOW, go
from tests.portals import TestPortal
from tests.previews import Preview, free_port, previewing, wait_until

OVERLAY = "stadtschreiber-preview[data-panel=mistakes]"
LONG = "\n\n".join(f"Absatz {number}, der etwas länger ist." for number in range(80))


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> TestPortal:
    """A portal that all tests edit, each an article of its own."""
    return TestPortal.make(tmp_path_factory.mktemp("shared") / "portal")


@pytest.fixture(scope="module")
def preview(shared: TestPortal) -> Iterator[Preview]:
    with previewing(shared.root) as running:
        yield running


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty tab of a German browser."""
    context = browser.new_context(locale="de-DE")
    context.set_default_timeout(SLOW)
    yield context.new_page()
    context.close()


def open_article(shared: TestPortal, preview: Preview, page: Page, slug: str) -> Path:
    """Writes an article, and opens its page; the file."""
    file = shared.article(f"2026/05/{slug}.md", f"Satz 1.\n\n{LONG}", title=f"Zu {slug}")
    preview.wait_for(f"/2026/05/{slug}/", "Satz 1.")
    go(page, f"{preview.address}/2026/05/{slug}/")
    is_seen(page, "Satz 1.")
    return file


def is_seen(page: Page, text: str) -> None:
    expect(page.get_by_text(text).first).to_be_visible(timeout=SLOW)


def test_an_editors_session(shared: TestPortal, preview: Preview, page: Page) -> None:
    # A new draft is in the lists as soon as it is there, marked as what it is.
    go(page, f"{preview.address}/politik/")
    done = shared.run("new", "Ganz neu", "--section", "politik")
    assert done.returncode == 0, done.stderr
    file = shared.root / done.stdout.split()[-1]
    is_seen(page, "Ganz neu")
    page.get_by_role("link", name="Ganz neu").first.click()
    expect(page.locator("h1 .unpublished")).to_contain_text("Entwurf", timeout=SLOW)

    # What is written is seen.
    before = file.read_text()
    text = f"{before}\nDer Rat hat getagt.\n"
    file.write_text(text)
    is_seen(page, "Der Rat hat getagt.")
    expect(page.locator(OVERLAY)).to_have_count(0, timeout=SLOW)

    # A mistake lies over the page, with its place and what to write instead.
    lines = text.splitlines()
    line = next(place for place, words in enumerate(lines, 1) if words.startswith("datum: "))
    file.write_text(text.replace(lines[line - 1], "datum: 2026-05-41"))
    overlay = page.locator(OVERLAY)
    place = f"{file.relative_to(shared.root).as_posix()}:{line}:8"
    expect(overlay).to_contain_text(place, timeout=SLOW)
    expect(overlay).to_contain_text("datum: 2026-05-41\n       ^")
    expect(overlay).to_contain_text("Im Portal ist ein Fehler")
    is_seen(page, "Der Rat hat getagt.")

    # It can be laid aside, and goes away by itself when the mistake is mended.
    page.get_by_role("button", name="Schließen").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    go(page, page.url)
    expect(page.get_by_role("dialog")).to_be_visible(timeout=SLOW)
    file.write_text(text.replace("getagt", "beschlossen"))
    is_seen(page, "Der Rat hat beschlossen.")
    expect(page.locator(OVERLAY)).to_have_count(0, timeout=SLOW)

    # A deleted article is gone, and comes back.
    file.unlink()
    is_seen(page, "Seite nicht gefunden")
    is_seen(page, file.relative_to(shared.root).as_posix())
    file.write_text(text)
    is_seen(page, "Der Rat hat getagt.")


def test_of_fifty_quick_saves_the_last_is_shown(
    shared: TestPortal, preview: Preview, page: Page
) -> None:
    file = open_article(shared, preview, page, "schnell")
    text = file.read_text()
    for number in range(50):
        file.write_text(text.replace("Satz 1.", f"Fassung {number}."))
        page.wait_for_timeout(number % 7 * 10)
    is_seen(page, "Fassung 49.")
    assert "Fassung 49." in preview.get("/2026/05/schnell/").text


def test_whatever_moment_a_page_is_opened_in_it_shows_the_last_save(
    shared: TestPortal, preview: Preview, page: Page
) -> None:
    file = open_article(shared, preview, page, "moment")
    text = file.read_text()
    for number in range(8):
        file.write_text(text.replace("Satz 1.", f"Vorher {number}."))
        with suppress(Error):  # the reload for the save before was quicker
            page.goto(page.url, wait_until="commit")
        page.wait_for_timeout(number * 20)
        file.write_text(text.replace("Satz 1.", f"Nachher {number}."))
        is_seen(page, f"Nachher {number}.")


def test_all_tabs_show_it(shared: TestPortal, preview: Preview, page: Page) -> None:
    file = open_article(shared, preview, page, "zwei")
    other = page.context.new_page()
    go(other, f"{preview.address}/politik/")
    file.write_text(file.read_text().replace("title: ", "title: Doppelt – "))
    is_seen(page, "Doppelt – Zu zwei")
    is_seen(other, "Doppelt – Zu zwei")


def test_the_place_on_the_page_is_kept(shared: TestPortal, preview: Preview, page: Page) -> None:
    file = open_article(shared, preview, page, "stelle")

    def is_there() -> bool:
        with suppress(Error):  # it is just being reloaded
            page.evaluate("window.scrollTo(0, 1500)")
            return bool(page.evaluate("window.scrollY === 1500"))
        return False

    wait_until(is_there)
    file.write_text(file.read_text().replace("Absatz 79", "Schluss"))
    expect(page.get_by_text("Schluss")).to_be_attached(timeout=SLOW)
    page.wait_for_function("window.scrollY === 1500", timeout=SLOW)


def test_styles_and_layouts_are_seen(shared: TestPortal, preview: Preview, page: Page) -> None:
    open_article(shared, preview, page, "aussehen")
    style = shared.root / "assets/css/style.css"
    style.write_text(style.read_text() + "\nh1 { outline: 3px solid rgb(1, 2, 3) }\n")
    expect(page.locator("h1")).to_have_css("outline-color", "rgb(1, 2, 3)", timeout=SLOW)
    layout = shared.root / "layouts/article.html"
    text = layout.read_text()
    try:
        layout.write_text(text.replace("{% block main %}", "{% block main %}{{ falsch }}"))
        expect(page.locator(OVERLAY)).to_contain_text("layouts/article.html", timeout=SLOW)
        is_seen(page, "Satz 1.")
    finally:
        layout.write_text(text.replace("{% block main %}", "{% block main %}<b>Oben</b>"))
    is_seen(page, "Oben")
    expect(page.locator(OVERLAY)).to_have_count(0, timeout=SLOW)


def test_a_page_outlives_its_preview(portal: TestPortal, page: Page) -> None:
    file = portal.article("2026/05/text.md", "Satz 1.")
    port = free_port()
    with previewing(portal.root, port=port) as first:
        go(page, f"{first.address}/2026/05/text/")
        is_seen(page, "Satz 1.")
    file.write_text(file.read_text().replace("Satz 1.", "Nach der Pause."))
    with previewing(portal.root, port=port):
        is_seen(page, "Nach der Pause.")

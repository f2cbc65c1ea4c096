"""What is doubtful, in the preview: in the corner of each page and on the terminal."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from generator.base.grouping import PLACES
from generator.base.problems import problem
from generator.load import sources
from generator.serve import overlay
from generator.serve.preview import _additional
from tests.browser import SLOW, go
from tests.portals import TestPortal
from tests.previews import Preview, previewing
from tests.serve.test_preview import Session
from tests.whole_portals.test_reader_browser import found

PANEL = re.compile(r"<stadtschreiber-preview.*</stadtschreiber-preview>\n<script.*?</script>", re.S)
DOUBTFUL = "## Oben\n\n#### Zu tief steht diese lange Zwischenüberschrift\n\nEin Satz."
"""A text with a warning in its third line: a heading that skips a level."""


def panel(page: str) -> str:
    """The panel of warnings on a page, "" where there is none."""
    match = PANEL.search(page)
    return match[0] if match else ""


def places(page: str) -> list[str]:
    """The places that the panel names, from its top."""
    shown = re.findall(r'<p class="place">(\S+) |<li>(\S+)</li>', panel(page))
    return [one or other for one, other in shown]


def state(page: str) -> str:
    return str(re.findall(r'data-state="(\w+)"', page)[0])


@pytest.fixture
def session(portal: TestPortal) -> Iterator[Session]:
    """A portal with an article that is in order and two with warnings."""
    portal.article("2026/05/gut.md", "Ein Satz.")
    portal.article("2026/05/erst.md", DOUBTFUL)
    portal.article("2026/05/zweit.md", f"Ein Satz.\n\n{DOUBTFUL}")
    made = Session(portal)
    made.settle()
    yield made
    made.backend.close()


def test_a_page_shows_its_own_warnings_first_and_is_the_same_otherwise(session: Session) -> None:
    shown = session.get("/2026/05/zweit/").data.decode()
    assert places(shown) == ["content/2026/05/zweit.md:11:4", "content/2026/05/erst.md:9:4"]
    assert "2 warnings" in shown
    assert shown.index("On this page") < shown.index("zweit.md:11:4") < shown.index("Elsewhere")
    for part in ("M203", "#### Zu tief", "skips a level"):
        assert part in panel(shown)
    assert places(session.get("/").data.decode())[0] == "content/2026/05/erst.md:9:4"
    assert "On this page" not in session.get("/").data.decode()
    session.portal.build()
    published = session.portal.files()["2026/05/zweit/index.html"].decode()
    assert PANEL.sub("", session.text("/2026/05/zweit/")).replace("\n</body>", "</body>") == (
        published.replace("\n</body>", "</body>")
    )
    assert b"stadtschreiber-preview" not in b"".join(session.portal.files().values())


def test_what_is_mended_goes_away(session: Session) -> None:
    token = session.news.token
    for number, slug in enumerate(("erst", "zweit")):
        assert len(session.news.warnings) == 2 - number
        session.save(session.portal.article(f"2026/05/{slug}.md", "Ein Satz."))
        session.settle()
        assert session.news.token != token
        token = session.news.token
    assert session.news.warnings == ()
    assert "stadtschreiber-preview" not in session.get("/").data.decode()


def test_warnings_hide_no_mistake_and_are_no_mistakes(session: Session) -> None:
    assert session.news.problems == ()
    session.save(session.portal.article("2026/05/gut.md", date="bald"))
    shown = session.get("/2026/05/gut/").data.decode()
    assert "There is a mistake" in shown
    assert 'data-panel="warnings"' in shown
    assert "2 warnings" in shown


def test_of_many_warnings_of_a_kind_some_places_are_named(session: Session) -> None:
    for number in range(40):
        session.portal.article(f"2026/04/viel-{number:02}.md", DOUBTFUL, date="2026-04-01")
    session.backend.look(None)
    session.settle()
    shown = session.get("/2026/05/zweit/").data.decode()
    assert places(shown)[0] == "content/2026/05/zweit.md:11:4"
    assert len(places(shown)) == 1 + PLACES
    assert "42 warnings" in shown
    assert "41 places" in shown
    assert f"And {41 - PLACES} more" in shown


def test_many_warnings_of_one_text_are_grouped_too(session: Session) -> None:
    many = "\n\n".join(f"## Kapitel {number}\n\n{DOUBTFUL}" for number in range(200))
    session.save(session.portal.article("2026/05/zweit.md", many))
    session.settle()
    shown = session.get("/2026/05/zweit/").data.decode()
    assert "201 warnings" in shown
    assert len(places(shown)) < 40
    assert f"{200 - overlay.SHOWN} places" in shown
    elsewhere = shown.partition("Elsewhere")[2]
    assert places("<stadtschreiber-preview>" + elsewhere) == ["content/2026/05/erst.md:9:4"]
    assert len(panel(shown)) < 40_000


def test_what_was_closed_stays_closed_when_a_line_is_added_above(session: Session) -> None:
    before = state(session.get("/").data.decode())
    session.save(session.portal.article("2026/05/erst.md", f"Noch ein Satz.\n\n{DOUBTFUL}"))
    session.settle()
    assert state(session.get("/2026/05/gut/").data.decode()) == before
    assert "erst.md:11:4" in session.get("/").data.decode()
    session.save(session.portal.article("2026/05/gut.md", DOUBTFUL))
    session.settle()
    assert state(session.get("/").data.decode()) != before


def test_while_much_is_read_browsers_are_not_told_of_each_warning(
    portal: TestPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "MANY", 1)
    for number in range(5):
        portal.article(f"2026/05/text-{number}.md", DOUBTFUL)
    session = Session(portal)
    token = session.news.token
    # Who opens a page whose text is read for it sees its warnings, and no other page reloads.
    assert "content/2026/05/text-3.md:9:4" in places(session.get("/2026/05/text-3/").data.decode())
    assert session.backend.look([]).token == token
    session.settle()
    assert session.news.token != token
    assert len(session.news.warnings) == 5
    session.backend.close()


def test_text_from_a_source_is_text_in_the_panel(session: Session) -> None:
    text = "## Oben\n\n#### `</template><script>alert(1)</script>`"
    session.save(session.portal.article("2026/05/erst.md", text))
    session.settle()
    assert "&lt;script&gt;alert" in panel(session.get("/").data.decode())
    assert "<script>alert" not in panel(session.get("/").data.decode())


def test_a_problem_that_moved_is_no_new_one() -> None:
    one, other = problem("preview-broke", "a.md", 3), problem("preview-broke", "a.md", 9)
    elsewhere = problem("preview-broke", "b.md", 3)
    assert _additional([other], [one]) == []
    assert _additional([one, other], [one]) == [other]
    assert _additional([other, elsewhere], [one]) == [elsewhere]


# With a terminal and a browser.


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> TestPortal:
    portal = TestPortal.make(tmp_path_factory.mktemp("shared") / "portal")
    portal.article("2026/05/gut.md", "Ein Satz.", title="Gutes")
    portal.article("2026/05/erst.md", DOUBTFUL, title="Zweifelhaftes")
    return portal


@pytest.fixture(scope="module")
def preview(shared: TestPortal) -> Iterator[Preview]:
    with previewing(shared.root, LC_ALL="de_DE.UTF-8") as running:
        yield running


@pytest.fixture(params=["light", "dark"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A narrow tab of a German browser."""
    context = browser.new_context(
        locale="de-DE", viewport={"width": 320, "height": 640}, color_scheme=request.param
    )
    context.set_default_timeout(SLOW)
    yield context.new_page()
    context.close()


def test_the_terminal_says_each_warning_once_and_when_it_is_gone(shared: TestPortal) -> None:
    file = shared.root / "content/2026/05/erst.md"
    text = file.read_text()
    try:
        with previewing(shared.root, LC_ALL="de_DE.UTF-8") as preview:
            preview.wait_until_said(r"content/2026/05/erst\.md:9:4.*Warnung M203")
            file.write_text(text.replace("## Oben", "Davor.\n\n## Oben"))
            preview.wait_for("/2026/05/erst/", "Davor.")
            file.write_text(text.replace("#### Zu tief", "### Richtig"))
            preview.wait_until_said("Eine Warnung ist erledigt, es bleiben 0")
            assert len([line for line in preview.said if "M203" in line]) == 1
            assert not any("Alle Fehler" in line for line in preview.said)
    finally:
        file.write_text(text)


def corner(page: Page) -> Locator:
    return page.locator("stadtschreiber-preview[data-panel=warnings] aside")


def test_an_editor_unfolds_reads_mends_and_closes(
    shared: TestPortal, preview: Preview, page: Page
) -> None:
    file = shared.root / "content/2026/05/erst.md"
    text = file.read_text()
    go(page, f"{preview.address}/2026/05/erst/")
    aside = corner(page)
    expect(aside.get_by_text("1 Warnung", exact=True)).to_be_visible(timeout=SLOW)
    expect(aside.get_by_text("Überschrift").first).to_be_hidden()
    assert found(page) == []

    # It is unfolded by the keyboard, fits a narrow screen, and stays unfolded over a save.
    aside.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(aside.locator(".place")).to_contain_text("content/2026/05/erst.md:9:4")
    expect(aside.locator(".hint")).to_be_visible()
    assert found(page) == []
    assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    box = aside.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 320
    assert box["height"] < 640 * 0.75
    file.write_text(text.replace("Ein Satz.", "Zwei Sätze."))
    expect(page.get_by_text("Zwei Sätze.").first).to_be_visible(timeout=SLOW)
    expect(aside.locator(".hint")).to_be_visible(timeout=SLOW)
    page.keyboard.press("Tab")
    aside.locator("summary").focus()
    page.keyboard.press("Escape")
    expect(aside.locator(".hint")).to_be_hidden()

    # Closed, it stays closed for these warnings, on other pages, too.
    aside.get_by_role("button", name="Warnungen ausblenden").click()
    expect(aside).to_be_hidden()
    go(page, f"{preview.address}/2026/05/gut/")
    expect(page.get_by_text("Ein Satz.").first).to_be_visible(timeout=SLOW)
    expect(aside).to_be_attached()
    expect(aside).to_be_hidden()
    go(page, f"{preview.address}/2026/05/erst/")
    file.write_text(text + "\n## Zwei\n\n#### Und vier\n")
    expect(aside.get_by_text("2 Warnungen")).to_be_visible(timeout=SLOW)

    # Mended, it is gone.
    file.write_text(text.replace("#### Zu tief", "### Richtig"))
    expect(aside).to_have_count(0, timeout=SLOW)
    file.write_text(text)
    expect(aside).to_be_attached(timeout=SLOW)


def test_it_obeys_a_policy_that_forbids_style_and_script_within_a_page(
    shared: TestPortal, preview: Preview, page: Page
) -> None:
    layout = shared.root / "layouts/base.html"
    before = layout.read_text()
    policy = '<meta http-equiv="Content-Security-Policy" content="default-src \'self\'">'
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    try:
        layout.write_text(before.replace("<head>", f"<head>\n{policy}", 1))
        preview.wait_for("/2026/05/gut/", "Content-Security-Policy")
        go(page, f"{preview.address}/2026/05/gut/")
        expect(corner(page)).to_have_css("position", "fixed", timeout=SLOW)
        corner(page).get_by_role("button").click()
        expect(corner(page)).to_be_hidden()
        assert [one for one in said if "Content Security Policy" in one] == []
    finally:
        layout.write_text(before)

"""Every kind of page as readers meet it: Debian's Chromium, and what a screen reader would miss."""

import json
from pathlib import Path
from typing import Any, Final, Literal, cast

import pytest
from playwright.sync_api import Browser, Page

from tests import needs
from tests.browser import Watched, serving
from tests.portals import ROOT, TestPortal

pytestmark = pytest.mark.browser

ARTICLE: Final = "/2026/11/wernried-haushalt-entwurf/"

KINDS: Final = (
    ("front.html", "/"),
    ("article.html", ARTICLE),
    ("article.html", "/2026/11/interview-digitaldezernentin/"),
    ("article.html", "/2024/10/obertal-buergerbus/"),
    ("article.html", "/2024/02/obertal-breitband-zwischenstand/"),
    ("article.html", "/2026/10/kassenlotse-mahnwesen/"),
    ("print.html", ARTICLE + "druck/"),
    ("section.html", "/politik/"),
    ("sponsored.html", "/anzeigen/"),
    ("author.html", "/autor/ve/"),
    ("keyword.html", "/stichwort/sensorik/"),
    ("keywords.html", "/stichwort/"),
    ("archive.html", "/archiv/"),
    ("year.html", "/archiv/2026/"),
    ("month.html", "/archiv/2026/11/"),
    ("credits.html", "/bildnachweise/"),
    ("search.html", "/suche/"),
    ("firms.html", "/it-guide/"),
    ("firm-fields.html", "/it-guide/themen/"),
    ("firm-towns.html", "/it-guide/orte/"),
    ("firm.html", "/it-guide/kassenlotse/"),
    ("standing.html", "/barrierefreiheit/"),
    ("not-found.html", "/404.html"),
)
"""Each kind of page by its layout; an article with a table, one with questions, with quotations,
with footnotes, a sponsored one."""

WIDTHS: Final = (320, 768, 1440)
SCHEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")

FIND: Final = """
([rules, colours]) => axe.run(document, {
  ...(colours ? {runOnly: {type: "tag", values: ["cat.color"]}} : {}),
  rules: {"target-size": {enabled: true}, "color-contrast-enhanced": {enabled: false}, ...rules},
  resultTypes: ["violations"],
  preload: false,
}).then(found => found.violations.map(rule =>
  `${rule.id}: ${rule.nodes.map(node => `${node.html} ${node.failureSummary}`).join(" | ")}`
))
"""

# What is wide and lies in no box of its own that scrolls.
WIDE: Final = """
() => document.scrollingElement.scrollWidth <= innerWidth ? [] :
  [...document.querySelectorAll("body *")]
    .filter(element => element.getBoundingClientRect().right > innerWidth + 0.5)
    .map(element => element.outerHTML.slice(0, 120))
"""

REACHABLE: Final = """
() => [...document.querySelectorAll(
    "a[href], button, input, select, textarea, summary, [tabindex]:not([tabindex='-1'])")]
  .filter(element => element.checkVisibility({visibilityProperty: true}) && !element.disabled)
  .map((element, number) => element.dataset.stop = number).length
"""

# The element that has the focus: which one it is, whether it can be seen, and how it is marked.
FOCUSED: Final = """
() => {
  const element = document.activeElement;
  if (element === document.body) return null;
  const style = getComputedStyle(element);
  const seen = [...element.getClientRects()].some(box => {
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    return element.contains(document.elementFromPoint(x, y));
  });
  const luminance = colour => {
    const [r, g, b] = colour.match(/[\\d.]+/g).map(Number).map(part => part / 255)
      .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const sheet = luminance(getComputedStyle(document.documentElement).backgroundColor);
  const line = luminance(style.outlineColor);
  return {
    stop: element.dataset.stop ?? "",
    html: element.outerHTML.slice(0, 120),
    seen,
    marked: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    contrast: (Math.max(sheet, line) + 0.05) / (Math.min(sheet, line) + 0.05),
  };
}
"""


def found(page: Page, *, only_colours: bool = False, **rules: bool) -> list[str]:
    """What axe finds on the page as it is shown now."""
    needs.want("axe")
    if not page.evaluate("'axe' in window"):
        page.evaluate(needs.AXE.read_text(encoding="utf-8"))
    wanted = {name.replace("_", "-"): {"enabled": value} for name, value in rules.items()}
    return cast("list[str]", page.evaluate(FIND, [wanted, only_colours]))


def resize(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})


def walk(page: Page) -> list[dict[str, Any]]:
    """Every place that the tabulator key comes to, from the top of the page until it leaves it."""
    stops: list[dict[str, Any]] = []
    for _ in range(2_000):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop is None or (stops and stop["stop"] == stops[0]["stop"]):
            return stops
        stops.append(stop)
    raise AssertionError("the focus goes round in circles")


def test_every_layout_of_a_page_is_among_the_kinds() -> None:
    layouts = {file.name for file in (ROOT / "layouts").glob("*.html")}
    frames = {"base.html", "list.html", "macros.html", "redirect.html"}
    assert layouts - frames == {layout for layout, _ in KINDS}, "say in KINDS where such a page is"


@pytest.mark.parametrize("address", [address for _, address in KINDS])
def test_a_kind_of_page_is_for_everybody(page: Page, home: str, address: str) -> None:
    """On each screen, in the light, in the dark and on paper, and nothing happens unseen."""
    watched = Watched(home)
    watched.watch(page)
    resize(page, WIDTHS[0])
    page.goto(home + address)
    for width in WIDTHS:
        resize(page, width)
        assert page.evaluate(WIDE) == []
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            # In the dark nothing differs but the colours.
            assert found(page, only_colours=scheme == "dark") == [], (width, scheme)
    page.emulate_media(media="print")
    assert found(page, only_colours=True) == []
    assert watched.trouble == []


@pytest.mark.parametrize("width", [320, 1440])
@pytest.mark.parametrize("address", sorted(dict(reversed(KINDS)).values()))
def test_the_keyboard_alone_reaches_everything(
    page: Page, home: str, address: str, width: int
) -> None:
    resize(page, width)
    page.emulate_media(color_scheme="dark" if width == WIDTHS[0] else "light")
    page.goto(home + address)
    wanted = page.evaluate(REACHABLE)
    assert wanted > 0
    stops = walk(page)
    assert [stop["stop"] for stop in stops] == [str(number) for number in range(wanted)]
    for stop in stops:
        assert stop["seen"], f"hidden: {stop['html']}"
        assert stop["marked"], f"no visible focus: {stop['html']}"
        assert stop["contrast"] >= 3, f"a focus that is hard to see: {stop['html']}"


@pytest.mark.parametrize("address", ["/", ARTICLE])
def test_the_skip_link_shows_itself_and_leads_past_the_menu(
    page: Page, home: str, address: str
) -> None:
    page.goto(home + address)
    page.keyboard.press("Tab")
    skip = page.locator(":focus")
    assert skip.inner_text() == "Zum Inhalt springen"
    box = skip.bounding_box()
    assert box is not None
    assert box["y"] >= 0
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate(
        "document.activeElement === document.querySelector('main a[href], main button')"
    )


def test_on_a_phone_the_menu_opens_and_closes_by_keyboard_alone(page: Page, home: str) -> None:
    resize(page, 320)
    page.goto(home + "/")
    entry = page.get_by_role("navigation", name="Hauptmenü").get_by_role("link", name="Politik")
    assert not entry.is_visible()
    button = page.get_by_role("button", name="Menü", exact=True)
    button.focus()
    page.keyboard.press("Enter")
    assert entry.is_visible()
    assert found(page) == []
    assert page.evaluate(WIDE) == []
    while not entry.evaluate("entry => entry === document.activeElement"):
        page.keyboard.press("Tab")
        assert page.evaluate("document.querySelector('.menu').contains(document.activeElement)")
    page.keyboard.press("Escape")
    assert not entry.is_visible()
    assert button.evaluate("button => button === document.activeElement")


@pytest.mark.parametrize("address", ["/2026/10/kassenlotse-mahnwesen/", "/"])
def test_on_paper_the_word_anzeige_is_dark_on_white(page: Page, home: str, address: str) -> None:
    """Printers leave grounds out, and with them what makes white letters legible."""
    page.emulate_media(media="print")
    page.goto(home + address)
    labels = page.get_by_text("Anzeige", exact=True)
    assert labels.count() > 0
    for label in labels.all():
        if label.is_visible():
            assert label.evaluate("label => getComputedStyle(label).color") == "rgb(0, 0, 0)"


LARGER: Final = """
() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("html { font-size: 200% }");
  document.adoptedStyleSheets = [sheet];
}
"""

# Words of the head of the page that break although they are no longer than the page is wide.
BROKEN: Final = """
() => [...document.querySelectorAll(".masthead-name :is(a, button, .brand)")]
  .filter(element => element.checkVisibility())
  .filter(element => element.getClientRects().length && element.textContent.trim())
  .filter(element => {
    const range = document.createRange();
    const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
      for (const word of text.data.matchAll(/\\p{L}+/gu)) {
        range.setStart(text, word.index);
        range.setEnd(text, word.index + word[0].length);
        if (new Set([...range.getClientRects()].map(box => Math.round(box.y))).size > 1)
          return true;
      }
    }
    return false;
  })
  .map(element => element.outerHTML.slice(0, 120))
"""


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("address", ["/", ARTICLE, "/suche/", "/it-guide/kassenlotse/"])
def test_letters_twice_as_large_find_their_room(
    page: Page, home: str, address: str, width: int
) -> None:
    resize(page, width)
    page.goto(home + address)
    page.evaluate(LARGER)
    assert page.evaluate(WIDE) == []
    assert page.evaluate(BROKEN) == []


def test_a_long_name_of_a_portal_does_not_run_into_the_search(page: Page, home: str) -> None:
    resize(page, 960)
    page.goto(home + "/")
    name = page.locator("h1.brand")
    name.evaluate("name => name.textContent = 'Nachrichten aus den Kommunen'")
    search = page.locator(".masthead-search").bounding_box()
    # What the letters take, not the box around them.
    right = name.evaluate(
        "name => {const all = document.createRange(); all.selectNodeContents(name);"
        " return all.getBoundingClientRect().right}"
    )
    assert search is not None
    assert right <= search["x"]


def test_the_place_in_the_menu_shows_in_colours_of_the_readers_own(
    browser: Browser, home: str
) -> None:
    """Windows' contrast themes leave out shadows and give all links one colour."""
    context = browser.new_context(forced_colors="active")
    page = context.new_page()
    page.goto(home + "/politik/")
    here = page.locator(".menu a[aria-current]")
    assert here.evaluate("here => getComputedStyle(here).textDecorationLine") == "underline"
    other = page.locator(".menu a:not([aria-current])").first
    assert other.evaluate("other => getComputedStyle(other).textDecorationLine") == "none"
    context.close()


@pytest.mark.parametrize("width", [320, 1440])
def test_pictures_are_dimmed_in_the_dark_alone(page: Page, home: str, width: int) -> None:
    resize(page, width)
    page.goto(home + ARTICLE)
    picture = page.locator(".figure-top img")
    assert picture.evaluate("picture => getComputedStyle(picture).filter") == "none"
    page.emulate_media(color_scheme="dark")
    assert "brightness" in picture.evaluate("picture => getComputedStyle(picture).filter")
    page.emulate_media(media="print")
    assert picture.evaluate("picture => getComputedStyle(picture).filter") == "none"


LONG: Final = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetzesentwurf"
BODY: Final = f"""\
{LONG} und ein Weg: https://www.amt.example/{"verzeichnis" * 12}

## {LONG}

| {LONG} | zwei | drei | vier | fünf | sechs |
|---|--:|--:|--:|--:|--:|
| {LONG} | 1.000.000 | 2.000.000 | 3.000.000 | 4.000.000 | 5.000.000 |

    {"befehl --schalter " * 12}

> {LONG}

1. {LONG}
   - `{LONG}`

Ein Satz.[^eins]

[^eins]: {LONG} und noch ein Weg: <https://www.amt.example/{"verzeichnis" * 12}>
"""


def test_whatever_editors_write_a_phone_shows_without_scrolling_sideways(
    page: Page, tmp_path: Path
) -> None:
    portal = TestPortal.make(tmp_path / "portal")
    portal.article(
        "2026/05/lang.md", BODY, title=LONG, kicker=LONG, lead=LONG,
        keywords=json.dumps([LONG, "x" * 90], ensure_ascii=False),
        source=json.dumps({"name": "w" * 90, "url": f"https://amt.example/{'w' * 90}"}),
    )  # fmt: skip
    portal.build()
    keyword = next(path for path in (portal.output / "stichwort").iterdir() if path.is_dir())
    addresses = [
        "/", "/2026/05/lang/", "/2026/05/lang/druck/", "/politik/", "/stichwort/",
        f"/stichwort/{keyword.name}/", "/archiv/2026/05/",
    ]  # fmt: skip
    with serving(portal.output) as home:
        resize(page, 320)
        for address in addresses:
            page.goto(home + address)
            assert page.evaluate(WIDE) == [], address
        page.goto(home + "/2026/05/lang/")
        assert found(page) == []


def test_a_moved_page_sends_its_readers_on(page: Page, home: str) -> None:
    watched = Watched(home)
    watched.watch(page)
    page.goto(home + "/meldungen/1234.html")
    page.wait_for_url(lambda address: not address.endswith("1234.html"))
    assert page.locator("h1").is_visible()
    assert watched.trouble == []

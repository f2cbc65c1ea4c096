"""On the paper that a browser prints, every word of an article can be read."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests import paper
from tests.browser import serving
from tests.portals import TestPortal

LONG = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz"
EDGE = 8 * paper.MM
PAPER = (210 * paper.MM, 297 * paper.MM)


def table(columns: int, cell: str, side: str = "--:") -> str:
    """A table in Markdown, all cells in it alike."""
    head = "|".join(f"Spalte {number}" for number in range(columns))
    row = "|".join([cell] * columns)
    return f"|{head}|\n|{f'{side}|' * columns}\n|{row}|\n|{row}|"


TEXTS = {
    "twelve columns": table(12, "12.345.678"),
    "twenty columns": table(20, "12.345.678"),
    "numbers beside words": (
        "|Nr.|Name|Amt|Land|Euro|\n|--:|---|---|---|--:|\n"
        + f"|1|{LONG}|Landesamt für Bau und Umwelt, Kreis|{LONG}|12.345,00|\n" * 2
    ),
    "long words in cells": table(4, LONG, "---"),
    "long words": f"{LONG} und {'X' * 200}\n\n- {LONG}\n\n> {LONG}\n\n## {LONG}",
    "address": f"https://www.amt.example/suche?a={'x' * 200}",
    "code": f"```\n{'ab12' * 60}\n```\n\n`{'ab12' * 60}`",
    "first": f"{table(6, '12.345.678,00 €')}\n\n{table(12, '1.234')}",
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    portal = TestPortal.make(tmp_path_factory.mktemp("print") / "portal")
    for number, text in enumerate(TEXTS.values()):
        portal.article(
            f"2026/05/a{number}.md", f"{text}\n\nDas letzte Wort.", title=LONG, lead=LONG
        )
    portal.build()
    with serving(portal.output) as address:
        yield address


@pytest.mark.parametrize("name", TEXTS)
def test_all_words_of_the_print_view_stand_on_the_paper(
    browser: Browser, home: str, name: str
) -> None:
    page = browser.new_page()
    page.goto(f"{home}/2026/05/a{list(TEXTS).index(name)}/druck/")
    found = paper.words(page.pdf(format="A4", prefer_css_page_size=True))
    page.close()
    outside = [
        word
        for word in found
        if word.left < EDGE
        or word.bottom < EDGE
        or word.right > PAPER[0] - EDGE
        or word.top > PAPER[1] - EDGE
    ]
    assert outside == []
    assert paper.overlapping(found) == []
    shown = "".join(word.text for word in found).replace("\u00ad", "").replace("-", "")
    wanted = re.sub(r"[\W_]", "", TEXTS[name])
    assert len(re.sub(r"[\W_]", "", shown)) >= len(wanted)
    assert "DasletzteWort" in shown


def test_numbers_stay_whole_beside_long_words(browser: Browser, home: str) -> None:
    page = browser.new_page()
    page.goto(f"{home}/2026/05/a{list(TEXTS).index('numbers beside words')}/druck/")
    found = paper.words(page.pdf(format="A4", prefer_css_page_size=True))
    page.close()
    assert sum("12.345,00" in word.text for word in found) == 2

"""A text's words: what people write in several ways is one word, and nothing else is."""

import json
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser

from generator.search.words import fold, tokens, words
from tests import browser as browsers
from tests.portals import ROOT

CASES: Final[list[tuple[str, list[str]]]] = json.loads(
    Path(__file__).with_name("words.json").read_text(encoding="utf-8")
)
SPELLINGS: Final = {
    "Straße": "strasse", "ÄRZTE": "arzte", "Çelik": "celik", "Łódź": "lodz", "Œuvre": "oeuvre",
    "115": "115",
}  # fmt: skip


@pytest.mark.parametrize(("text", "found"), CASES, ids=[text for text, _ in CASES])
def test_a_text_has_these_words(text: str, found: list[str]) -> None:
    assert [word for token in tokens(text) for word in words(token)] == found


@pytest.mark.parametrize(("word", "folded"), list(SPELLINGS.items()))
def test_a_word_is_compared_in_plain_letters(word: str, folded: str) -> None:
    assert fold(word) == folded


def test_the_browser_finds_the_same_words(browser: Browser) -> None:
    with browsers.serving(ROOT / "assets") as home:
        page = browser.new_page()
        page.goto(f"{home}/js/search-words.js")
        found = page.evaluate(
            """async ([texts, spellings]) => {
              const { words, fold } = await import("/js/search-words.js");
              return [texts.map((text) => words(text)), spellings.map(fold)];
            }""",
            [[text for text, _ in CASES], list(SPELLINGS)],
        )
        page.close()
    assert [sorted(words) for words in found[0]] == [sorted(words) for _, words in CASES]
    assert found[1] == list(SPELLINGS.values())

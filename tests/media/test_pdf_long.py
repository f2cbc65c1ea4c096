"""What a layout is told of long words and of the columns of tables, so that it need not look."""

from typing import Any

import msgspec
import pytest

from generator.markdown.convert import convert
from generator.media.pdf import long, tree
from generator.media.pdf.document import Node, Sheet, elements
from generator.model.article import SourceLink
from tests.media.test_pdf import SOURCES, document

COMPOUND = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz"


def told(body: str, **values: Any) -> Sheet:
    """What a layout gets of an article."""
    sheet, _ = tree.sheet(document(body, **values))
    return long.marked(sheet)


def marks(body: str) -> list[str]:
    """The texts of which a layout is told that there is a long word in them."""
    found = []
    for node in elements(told(body).body):
        if node.tag == long.MARK:
            found += [child for child in node.children if isinstance(child, str)]
    return found


def test_ordinary_articles_say_of_no_word_that_it_is_long() -> None:
    for source in SOURCES[:10]:
        text = source.read_text(encoding="utf-8").split("---\n", 2)[2]
        assert marks(convert(text).html) == []


@pytest.mark.parametrize(
    "word",
    [
        "Verwaltungsdigitalisierungsgesetz",
        "„Glasfaserausbauförderprogramm“,",
        "Datenschutz-Grundverordnung.",
        "https://www.amt.example/jugenduebersichten-und-stadtentwicklungsplaene/",
        "https://www.amt.example/" + "x" * 200 + "/seite/",
    ],
)
def test_what_typst_divides_is_not_long(word: str) -> None:
    assert marks(f"<p>Erst {word} dann.</p>") == []


@pytest.mark.parametrize(
    "word",
    [
        COMPOUND,
        "X" * 24,
        "1234567890" * 3,
        "aktenzeichen_" * 3,
        "https://www.amt.example/" + "x" * 60,
        "https://www.amt.example/" + "x" * 60 + "/",
        "https://www.amt.example/" + "ä" * 60,
    ],
)
def test_what_typst_would_let_run_off_the_paper_is_long(word: str) -> None:
    assert marks(f"<p>Erst {word} dann. <b>Kurz.</b></p>") == [f"Erst {word} dann. "]
    assert word in told("<p>Text.</p>", sources=(SourceLink("Amt", word),)).long


@pytest.mark.parametrize("name", ["title", "section", "portal"])
def test_large_letters_need_more_room(name: str) -> None:
    assert told("<p>Text.</p>", **{name: "Ein Digitalausschuss"}).long == ()
    assert told("<p>Text.</p>", **{name: "W" * 16}).long == ("W" * 16,)


def test_a_name_in_the_byline_has_the_least_room() -> None:
    assert told("<p>Text.</p>", authors=("Friederike Obermaier-Waldenfels",)).long == ()
    assert told("<p>Text.</p>", authors=("W" * 12,)).long == ("W" * 12,)


def test_code_is_told_of_its_long_words_and_keeps_its_letters() -> None:
    (short,) = elements(told("<code>portal.toml</code>").body)
    (wide,) = elements(told(f"<code>{COMPOUND}</code>").body)
    assert (short.attrs, short.children) == ({}, ("portal.toml",))
    assert (wide.attrs, wide.children) == ({long.MARK: 1}, (COMPOUND,))


def table(html: str) -> Node:
    return next(node for node in elements(told(html).body) if node.tag == "table")


def test_a_table_knows_the_most_letters_of_a_line_through_its_columns() -> None:
    caption = f"<caption>{'Zahlen ' * 100}</caption>"
    cells = "<tr><td>eins</td><td><p>zwei</p><p>drei<br>vierundvierzig</p></td></tr>"
    assert table(f"<table>{caption}{cells}</table>").attrs["letters"] == len(
        "eins" + "vierundvierzig"
    )


def test_a_cell_knows_what_must_stand_together_in_it() -> None:
    (cell,) = table("<table><tr><td>Amt <b>Haushalts-Plan</b> 1.234.567</td></tr></table>").children
    assert isinstance(cell, Node)
    assert cell.attrs["word"] == "Haushalts-"


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("<u>neu <s>alt</s></u>", ["s"]),
        ("<ins><em>neu <del>alt</del></em></ins>", ["del", "em"]),
        ("<s>alt <u>neu</u></s>", ["s"]),
        ("<del><s>alt</s></del>", ["del"]),
        ("<u>eins <ins>zwei</ins></u>", ["u"]),
    ],
)
def test_of_two_lines_at_the_same_letters_one_is_left_and_said(html: str, shown: list[str]) -> None:
    """What is struck out stays so."""
    sheet, problems = tree.sheet(document(f"<p>{html} <u>x</u></p>", image=None))
    tags = [node.tag for node in elements(sheet.body) if node.tag not in ("span", "p")]
    assert tags == [*shown, "u"]
    assert [problem.name for problem in problems] == ["pdf-plainer"]


def test_a_layout_gets_what_it_is_told_as_json() -> None:
    sheet = told(f"<p>{COMPOUND}</p>", title="W" * 16)
    assert msgspec.json.decode(msgspec.json.encode(sheet))["long"] == ["W" * 16]

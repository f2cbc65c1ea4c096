"""A text is proved by trying what is new in it: signs of Markdown are, other words are not."""

import pytest

from generator.importers.html_tree import Element, parse
from generator.importers.reduced_html import reduced
from generator.importers.shapes import Proved


def blocks(html: str) -> tuple[Element, ...]:
    return reduced(parse(html)).blocks


def tried(html: str) -> list[int]:
    """The places of the blocks that are tried, after a text of usual blocks was proved."""
    proved = Proved()
    known = blocks(
        "<p>Der Rat tagt.</p><p>Das <a href='https://a.example/x/'>Amt</a> hat <b>zu</b>.</p>"
        "<h2>Am Rande</h2><p>Er tagt.</p><ul><li>eins</li><li>zwei</li></ul><p>Ende.</p>"
    )
    proved.add(proved.unknown(known)[1])
    return proved.unknown(blocks(html))[0]


@pytest.mark.parametrize(
    "html",
    [
        "<p>Am 3. März (Dienstag) war Sitzung.</p><p>Die Stadt spart.</p>",
        "<p>Eine <a href='https://b.example/y/z.html'>Frage</a> ist <b>offen geblieben</b>.</p>",
        "<p>So.</p><ul><li>drei</li><li>vier</li><li>fünf</li></ul>",
    ],
)
def test_other_words_and_addresses_in_the_same_elements_are_not_tried_again(html: str) -> None:
    assert tried(html) == []


@pytest.mark.parametrize(
    "html",
    [
        "<p>Der *Rat* tagt.</p>",
        "<p>Der Rat_tagt.</p>",
        "<p>30. März war Sitzung.</p>",
        "<p>Der Rat auf www.rat.example tagt.</p>",
        "<p>Der Rat: https://rat.example tagt.</p>",
        "<p>Das <a href='https://a.example/x_(y)'>Amt</a> hat <b>zu</b>.</p>",
        "<p>Das<a href='https://a.example/x/'>Amt</a> hat <b>zu</b>.</p>",
        "<p>Der Rat<br>tagt.</p>",
        "<ul><li>eins</li><li>zwei<ul><li>drei</li></ul></li></ul>",
        "<h2>Am <i>Rande</i></h2>",
    ],
)
def test_signs_numbers_in_front_and_other_elements_are_tried(html: str) -> None:
    assert tried(html) == [0]


def test_blocks_that_never_stood_side_by_side_are_tried_together() -> None:
    assert tried("<ul><li>eins</li><li>zwei</li></ul><h2>Am Rande</h2>") == [0, 1]

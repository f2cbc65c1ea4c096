"""Where CommonMark and GitHub make structure of a text, so do we; where not, it is said why."""

import json
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.markdown.oracle import difference
from tests.markdown.test_shortcuts import COMMONMARK, EXAMPLES

ORDINAL: Final = "a number and a full stop begin a list only with a second item: 40. Sitzung"
BELOW: Final = "directly below text a list wants a colon or a second item: + 5 Prozent"
OPEN: Final = "HTML that is left open ends with its block and does not reach over the rest"
NAKED: Final = "text that loses the HTML around it becomes a paragraph"
ATTRIBUTE: Final = "a tag may be followed by attributes that CommonMark does not know"

DIFFERENCES: Final = {
    "<div>\n*foo*\n\n*bar*\n": OPEN,
    '<style\n  type="text/css">\n\nfoo\n': OPEN,
    "  <div>\n\n    <div>\n": OPEN,
    "<Warning>\n*bar*\n</Warning>\n": NAKED,
    "<script>\nfoo\n</script>1. *bar*\n": NAKED,
    "123456789. ok\n": ORDINAL,
    "0. ok\n": ORDINAL,
    "003. ok\n": ORDINAL,
    "  1.  A paragraph\n    with two lines.\n": ORDINAL,
    "1. - 2. foo\n": ORDINAL,
    "- foo\n- bar\n+ baz\n": BELOW,
    "The number of windows in my house is\n1.  The number of doors is 6.\n": BELOW,
    '<a href="\\"">\n': ATTRIBUTE,
}
"""The examples of CommonMark of which we make something else, and why; docs/redaktion.md says the
same to editors."""


ARTICLES: Final = {"kommunalbeirat-eckpunkte": ORDINAL, "falkenrode-digitaltag": ORDINAL}


def test_the_examples_of_commonmark() -> None:
    examples = json.loads(COMMONMARK.read_text(encoding="utf-8"))["examples"]
    assert {example for example in examples if difference(example)} == DIFFERENCES.keys()


def test_the_articles_of_the_sample_portal() -> None:
    files = sorted((Path(__file__).parents[2] / "content").rglob("*.md"))
    texts = {file.stem: file.read_text(encoding="utf-8").split("\n---\n", 1)[-1] for file in files}
    assert {name: ORDINAL for name, text in texts.items() if difference(text)} == ARTICLES


WORDS = st.sampled_from(
    ["Rat", "*Amt*", "Bürger*innen", "`Code`", "[Link](a.md)", "**fett**", "§ 9"]
)
LINE = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)
PARAGRAPH = st.lists(LINE, min_size=1, max_size=3).map("\n".join)
HEADING = st.tuples(st.sampled_from(["# ", "## ", "### "]), LINE).map("".join)
UNDERLINED = st.tuples(LINE, st.sampled_from(["\n===", "\n---"])).map("".join)
FENCE = st.tuples(st.sampled_from(["```", "~~~~"]), PARAGRAPH).map(
    lambda found: f"{found[0]}\n{found[1]}\n\n- {found[1]}\n{found[0]}"
)
TABLE = st.lists(st.tuples(LINE, LINE), min_size=1, max_size=3).map(
    lambda rows: "\n".join(["| A | B |", "|---|--:|", *(f"| {a} | {b} |" for a, b in rows)])
)


def quotation(inner: str) -> str:
    return "\n".join(f"> {line}" if line else ">" for line in inner.split("\n"))


def items(parts: tuple[str, bool, list[str]]) -> str:
    sign, loose, inners = parts
    indent = " " * len(sign)
    made = (
        sign + inner.replace("\n", f"\n{indent}").replace(f"\n{indent}\n", "\n\n")
        for inner in inners
    )
    return ("\n\n" if loose else "\n").join(made)


BLOCK = st.recursive(
    PARAGRAPH | HEADING | UNDERLINED | FENCE | TABLE,
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3).map("\n\n".join).map(quotation)
        | st.tuples(
            st.sampled_from(["- ", "* ", "+ ", "-   ", "1. ", "1) "]),
            st.booleans(),
            st.lists(
                st.tuples(PARAGRAPH, st.sampled_from(["\n", "\n\n"]), inner).map("".join)
                | PARAGRAPH,
                min_size=2,
                max_size=3,
            ),
        ).map(items)
    ),
    max_leaves=6,
)
TEXT = st.lists(BLOCK, min_size=1, max_size=5).map("\n\n".join)


@pytest.mark.slow
@settings(max_examples=EXAMPLES, deadline=None)
@given(TEXT)
def test_random_text(text: str) -> None:
    assert difference(text) is None, text

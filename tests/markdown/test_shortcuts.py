"""The short cuts give the same body as the long way, to the byte, whatever the text."""

import json
import os
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.markdown.convert import convert

COMMONMARK = Path(__file__).parents[1] / "data" / "commonmark.json"
EXAMPLES = int(os.environ.get("STADTSCHREIBER_EXAMPLES", "300"))
"""How many random texts are tried; 20,000 take two minutes, and are worth it now and then."""


def differs(text: str) -> bool:
    return convert(text) != convert(text, shortcuts=False)


@pytest.fixture(scope="module")
def commonmark() -> list[str]:
    examples = json.loads(COMMONMARK.read_text(encoding="utf-8"))["examples"]
    assert len(examples) > 600
    return [str(example) for example in examples]


def test_commonmark_examples(commonmark: list[str]) -> None:
    assert [example for example in commonmark if differs(example)] == []


def test_commonmark_examples_in_one_text(commonmark: list[str]) -> None:
    """What one example leaves open meets the next one."""
    chunks = ["\n\n".join(commonmark[start : start + 5]) for start in range(0, len(commonmark), 3)]
    assert [chunk for chunk in chunks if differs(chunk)] == []


def test_articles_as_they_are_written() -> None:
    """Those of the sample portal, or of an archive that STADTSCHREIBER_REAL names."""
    folder = os.environ.get("STADTSCHREIBER_REAL") or Path(__file__).parents[2] / "content"
    sources = sorted(Path(folder).rglob("*.md"))
    assert sources
    texts = {source: _text(source) for source in sources}
    assert [source.name for source, text in texts.items() if differs(text)] == []


def _text(source: Path) -> str:
    whole = source.read_text(encoding="utf-8-sig", errors="replace")
    return re.sub(r"\A---[ \t]*\n.*?\n---[ \t]*\n", "", whole, count=1, flags=re.DOTALL)


# Pieces of which each begins, ends or disturbs something that Markdown knows.
PIECES = [
    "Rat", "Bürger*innen", "Nutzer_innen", "a", "Straße", "1", "40", "§ 9", "ﬁ", "„so“", "٣", " ",
    "  ", "    ", "\t", "\n", "\n\n", "\n\n\n", "  \n", " \n", "\n    ", "\n  ", "\xa0", "\u2003",
    "*", "**", "***", "_", "__", "`", "``", "```", "~~~", "\\", "\\*", "\\\\", "\\`", "\\[",
    "\\{", "[", "]", "(", ")", "[^1]", "[^1]: ", "[^a b]", "[x]", "[x]: ", "[x][]", "[y][x]",
    "](", "](/a)", "](b.md)", "](b.md#c)", "](<b c.md>)", "](https://a.de \"T\")", "![",
    "![b](c.jpg)", "![](d.png)", "![b](c.jpg \"T (Foto: N)\")", "![b](https://a.de/c.jpg)",
    "](javascript:x)", "]( e )", "](f(g))", "<", ">", "<b>", "</b>", "<br>", "<div>", "</div>",
    "<!--", "-->", "<hr>", "<https://a.de>", "<a@b.de>", "<a href=\"x.md\">", "</a>",
    "<p onclick=x>", "<script>", "<img src=x>", "<h3>", "</h3>", "<![CDATA[", "<?", "<", "&",
    "&amp;", "&#58;", "&#58", "&nbsp;", "&copy", "'", "\"", "=", "&lt;b&gt;", "# ", "## ",
    "#### ", "#", "\n===\n", "\n---\n", "---", "***\n", "- ", "* ", "+ ", "1. ", "2. ", "40. ",
    "> ", ">", ": ", "| ", "|---|---:|\n", "|", "a | b\n--|--\n", "{: .k }", "{: class title }",
    "{: open #j role=button }", "{#i}",
    "{: onclick=x}", "{", "}", "{: credit=\"N\"}", "{: style=\"x\"}", "*[BMI]: Ministerium",
    "BMI", "{{< img >}}", "{{% x", "%}", "{% y %}", "\x01", "\x02", "\x03", "\x0b", "\ufffe",
    "\x020\x03", "\x02wzxhzdk:0\x03", "\x02klzzwxh:0000\x03", "\x02amp\x03", "&#2;h0&#3;",
    "&#xfffe;", "&#150;", "&#99999999;", "wzxhzdk:0", "///Footnotes Go Here///", "🚀", "!", ".",
    ",", "://", "@", "~~", "~", "\\\n", "- [ ] ", "- [x] ", "  - ", "   ", "https://a.de/b_c?d=e&f",
    "www.a.de", "(www.b.de).", "redaktion@a.de", "<details>", "<summary>", "</details>\n", "1) ",
    "1. Mai", "    - ", "## ",
]  # fmt: skip

SCENES = [
    "Text[^1] und[^a b] und[^1].\n\n[^1]: Note *eins*\n\n    Absatz\n[^a b]: zwei[^1]",
    "- eins\n- zwei[^1]\n    - drei\n\n    vier\n\n- fünf",
    "1. eins\n\n2. zwei\n\n        Code\n\n    mehr",
    "| A | B |\n|---|---:|\n| `|` | [x](b.md) |",
    "Begriff\n: Sinn\n: Unsinn\n\n    mehr",
    "> Zitat\n>\n> - darin\nfaul",
    "```py\n*x*\n```",
    "[x]: https://a.de 'T'",
    "*[BMI]: Ministerium",
    "Titel\n===",
    "<div>\n\n*x*\n\n</div>",
    "## Titel `x` {#i}",
    "    Code *x* [a](b)\n\n    Code `y` <b>",
    "- # Titel\nZeile *x*\n- zwei",
    "[a]( b ) [c](d\n e) [f](g h) [i]('j') [k](<l m>)",
    "A *b* & C &amp; D  \nE\\*F `g` _h_",
    "![a](b.jpg) c ![d][x] ![x] [x][] [y][x]",
    "<https://a.de> <a@b.de> <b>c</b> &#65 d",
    "\tTab\n \nEnde\t\nx",
    '<p id="i">x</p>\n\n<p id="i j">y</p>',
    "<details><summary>x</summary>\n\n- *a*\n  - b\n\n</details>",
    "Text:\n- a\n  1. b\n  2. c\n\n     ```\n     d\n     ```\n- [x] e\n  | f |\n  |---|\n  | h |",
    "~~a~~ https://a.de. [b](https://b.de) www.c.de\\\nd\\_e **f",
    "> - a\nfaul\n> b\n- c\n+ 5",
]
"""Whole constructs, which pieces alone would seldom make."""


def test_constructs_in_pairs() -> None:
    pairs = [f"{first}\n\n{second}" for first in SCENES for second in SCENES]
    assert [pair for pair in pairs if differs(pair)] == []


fragments = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)
blocks = st.lists(fragments | st.sampled_from(SCENES), max_size=8).map("\n\n".join)
words = st.text(
    alphabet=st.characters(exclude_categories=["Cs"]) | st.sampled_from(list("*_[]()<>&!#\n `|:-")),
    max_size=60,
)
texts = blocks | fragments | words


@pytest.mark.slow
@settings(max_examples=EXAMPLES, deadline=None)
@given(texts)
def test_random_text(text: str) -> None:
    assert convert(text) == convert(text, shortcuts=False)

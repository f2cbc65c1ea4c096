"""HTML of an author: what the W3C's checker would find on the page, the author is told before."""

import json
import re
import subprocess
from pathlib import Path
from typing import Final

import pytest

from generator.markdown.convert import convert
from tests import needs

MISPLACED: Final = (
    "### Wort <figure><figcaption>x</figcaption></figure>",
    "### Wort <div>x</div>",
    "<figure><figcaption>a</figcaption><figcaption>b</figcaption></figure>",
    "<figure><p>a</p><figcaption>b</figcaption><p>c</p></figure>",
    "<figcaption>allein</figcaption>",
    "> Zitat <figcaption>x</figcaption>",
    "<dt>allein</dt>",
    "<dl><dd>ohne Wort</dd></dl>",
    "<dl>Text</dl>",
    "<dl><div>Text</div></dl>",
    "<ul>Text</ul>",
    "<ul><p>Text</p></ul>",
    "<ol><div>Text</div></ol>",
    "<table><caption>a</caption><caption>b</caption><tr><td>c</td></tr></table>",
    "<details>ohne</details>",
    "<details><p>x</p><summary>zu spät</summary></details>",
    "<details><summary>a</summary><summary>b</summary></details>",
    "<details><summary><div>x</div></summary>y</details>",
    "<summary>allein</summary>",
    "<pre><p>x</p></pre>",
    "ein <rt>allein</rt>",
    "ein <bdo>Wort</bdo>",
    "ein <dfn><dfn>Wort</dfn></dfn>",
)
WORTHLESS: Final = (
    '<table><tr><td colspan="0">a</td></tr></table>',
    '<table><tr><td colspan="x">a</td></tr></table>',
    '<table><tr><th scope="quer">a</th></tr></table>',
    '<details open="x"><summary>a</summary></details>',
    '<ol start="x"><li>a</li></ol>',
    '<ol reversed><li value="z">a</li></ol>',
    '<ol type="q"><li>a</li></ol>',
    'ein <q cite="a b">Wort</q>',
    'ein <span lang="deutsch-zu-lang-xx">Wort</span>',
    'ein <span dir="quer">Wort</span>',
    "am <time>gestern</time>",
)
SOUND: Final = (
    "<figure><p>a</p><figcaption>b</figcaption></figure>",
    "<figure><figcaption>b</figcaption><p>a</p><p>c</p></figure>",
    "<dl><dt>a</dt><dt>b</dt><dd>c</dd><dd>d</dd></dl>",
    "<dl><div><dt>a</dt><dd>b</dd></div></dl>",
    '<ol start="-3" type="a" reversed><li value="7">a<ul><li>b</li></ul></li></ol>',
    '<table><caption>a</caption><tr><th scope="col" colspan="2">b</th></tr>'
    "<tr><td>c</td><td><p>d</p></td></tr></table>",
    "<details open><summary>a <b>b</b></summary><p>c</p></details>",
    "<blockquote cite='https://amt.example/a?b=c#d'><p>x</p></blockquote>",
    'ein <ruby>x<rt>y</rt></ruby>, <bdo dir="rtl">Wort</bdo>, <dfn>Wort</dfn>',
    "am <time>2026-11-23</time>, <time>12:30</time>, <time datetime='2026-11-23'>gestern</time>",
    '<p lang="en-GB" dir="ltr">a <del datetime="2026-11-23T08:00Z">b</del></p>',
    "a <span><div>x</div></span> b",
    "<section><p>a</p></section><hr>",
    "- Punkt <div>x</div>",
    "Ein Satz.[^1]\n\n[^1]: Note <b>x</b>",
    "| a | b |\n|---|--:|\n| <b>c</b> | d |",
    "Wort\n: Erklärung <i>x</i>",
)
SAID: Final = frozenset({"markdown-html-misplaced", "markdown-attribute-value"})


def said(text: str) -> frozenset[str]:
    """What the author is told of these mistakes."""
    return SAID & {problem.name for problem in convert(text).problems}


@pytest.mark.parametrize("text", MISPLACED)
def test_an_element_out_of_place_is_said(text: str) -> None:
    assert said(text) == {"markdown-html-misplaced"}


@pytest.mark.parametrize("text", WORTHLESS)
def test_a_value_without_sense_is_said_and_does_not_reach_the_page(text: str) -> None:
    assert said(text) == {"markdown-attribute-value"}
    assert not re.search(r'="(?:0|x|z|q|a b|quer|deutsch-[^"]*)"', convert(text).html)


@pytest.mark.parametrize("text", SOUND)
def test_what_is_sound_is_not_complained_about(text: str) -> None:
    assert not said(text)


def test_it_is_said_with_its_line() -> None:
    text = "Ein Satz.\n\n### Wort <figure>x</figure>\n\n<ol start='x'><li>a</li></ol>\n"
    assert [(problem.line, problem.name) for problem in convert(text).problems] == [
        (3, "markdown-html-misplaced"),
        (5, "markdown-attribute-value"),
    ]


@pytest.mark.parametrize(
    "text",
    ["*<p>Satz</p>*", "<b><div>Satz</div></b>", "[<div>Satz</div>](/)", "***<div>Satz</div>***"],
)
def test_what_is_put_around_a_block_leaves_no_empty_paragraph(text: str) -> None:
    html = convert(text).html
    assert "Satz" in html
    assert "<p><" not in html.replace("<p><em>Satz", "")


def test_an_empty_paragraph_that_links_lead_to_stays() -> None:
    assert 'id="ort"' in convert('<p><span id="ort"></span></p>').html


@pytest.mark.browser
@pytest.mark.needs("java", "vnu")
def test_the_checker_of_the_w3c_finds_the_same(tmp_path: Path) -> None:
    texts = MISPLACED + WORTHLESS + SOUND
    for number, text in enumerate(texts):
        page = (
            '<!doctype html><html lang="de"><head><meta charset="utf-8"><title>x</title></head>'
            f"<body><h1>x</h1>\n{convert(text).html}</body></html>"
        )
        (tmp_path / f"{number}.html").write_text(page, encoding="utf-8")
    command = ["java", "-jar", str(needs.VNU), "--errors-only", "--format", "json", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = {
        texts[int(Path(message["url"]).stem)]: message["message"]
        for message in json.loads(done.stderr)["messages"]
    }
    assert {text: found.get(text) for text in SOUND if text in found} == {}
    # An undated element is told of and stays as it is; all other values are gone.
    assert set(found) == {*MISPLACED, "am <time>gestern</time>"}


def test_of_many_elements_the_one_is_named_that_is_wrong() -> None:
    right = "<details><summary>a</summary>b</details>"
    text = f"{right}\n\n`<details>`\n\n{right}\n\n<details><p>b</p></details>\n\n{right}\n"
    (found,) = convert(text).problems
    assert (found.name, found.line) == ("markdown-html-misplaced", 7)


def test_of_many_elements_the_one_is_named_that_is_not_closed() -> None:
    text = "Ein <b>Wort</b>\nhier.\n\nUnd <b>zwei</b> <b>Wörter\nmehr.\n\n`<b>` <b>drei\n"
    found = [(one.name, one.line, one.column) for one in convert(text).problems]
    assert found == [("markdown-html-open", 4, 17), ("markdown-html-open", 7, 7)]

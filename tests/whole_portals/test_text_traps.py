"""What stands in a text and is no text: comments, addresses, ids of the page, blocks in a line."""

import re
from pathlib import Path
from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.markdown.convert import convert
from generator.markdown.html import LAYOUT_IDS
from generator.model.addresses import web_flaw
from generator.model.headlines import introduced
from generator.templates import html_addresses
from generator.templates.filters import xml_names

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
BASE = "https://portal.example/2026/01/haushalt/"


def told(text: str) -> list[tuple[str, int, int]]:
    """The problems of a text: name, line and column."""
    return [(each.name, each.line, each.column) for each in convert(text).problems]


@pytest.mark.parametrize(
    "text",
    [
        "Der Rat <!-- geheim\n\ngeheim --> berät.",
        "- Punkt <!-- x\n\n    geheim --> eins\n- zwei",
        "> Zitat <!-- x\n>\n> geheim --> Ende",
        "Satz[^1]\n\n[^1]: Note <!-- x\n\n    geheim --> Ende",
        "![Bild <!-- geheim -->](a.jpg)",
        '[Rat](https://rat.example "T <!-- geheim -->")',
        "*[IT]: Technik <!-- geheim -->\n\nIT",
        "| a |\n|---|\n| b <!-- geheim | c --> d |",
        "## Titel <!-- geheim -->",
        "<div>\n<!-- x\n\ngeheim -->\n</div>",
        "- a ` b\n- c <!-- x ` y\n\n geheim -->",
    ],
)
def test_a_comment_reaches_no_reader(text: str) -> None:
    body = convert(text)
    assert "geheim" not in repr((body.html, body.placeholders, body.headings))
    assert body == convert(text, shortcuts=False)


@pytest.mark.parametrize(
    "text",
    ["`<!-- a -->`", "```\n<!-- a -->\n```", "    <!-- a -->", "- x\n\n        <!-- a -->"],
)
def test_a_comment_in_code_is_text(text: str) -> None:
    assert "&lt;!-- a --&gt;" in convert(text).html
    assert told(text) == []


PLACES = st.sampled_from(
    ["Satz {}", "- {}\n- b", "> {}", "## A {}\n\nb", "a[^1]\n\n[^1]: {}", "**{}**"]
)
INSIDE = st.text("ab \n*_[]()`|#>\\", max_size=12)


@given(PLACES, INSIDE, INSIDE)
def test_comments_anywhere_never_appear(place: str, before: str, after: str) -> None:
    body = convert(place.format(f"x <!--{before}GEHEIM{after}--> y"))
    assert "GEHEIM" not in repr((body.html, body.headings))


def test_a_comment_without_an_end_and_one_in_another_are_mistakes() -> None:
    assert told("Text\n\na <!-- b") == [("markdown-comment-open", 3, 3)]
    assert told("<!-- a <!-- b --> c -->")[0] == ("markdown-comment-nested", 1, 1)
    assert told("a <?php x ?> b") == [("markdown-instruction", 1, 3)]


def test_a_message_names_the_place_that_is_meant_and_not_the_one_in_code() -> None:
    assert told("`[^1]` und [^1]") == [("markdown-footnote-missing", 1, 12)]
    assert told("```\n[a](htps://x.de)\n```\n\n[a](htps://x.de)")[0][:2] == (
        "markdown-link-scheme",
        5,
    )


def test_a_sign_before_an_angle_makes_it_text() -> None:
    assert convert("Ein \\<Name> hier").html == "<p>Ein &lt;Name&gt; hier</p>"


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://[adresse].example/", "web-address-host"),
        ("https://", "web-address-host"),
        ("https://a..b/", "web-address-host"),
        ("https://1.2.3.999/", "web-address-host"),
        ("https://a℀b.example/", "web-address-host"),
        ("https://x.example:99999/", "web-address-port"),
        ("https://x.example/100%", "web-address-percent"),
        ("www.stadt-x.example", "web-address-bare"),
        ("WWW.x.example/a?b", "web-address-bare"),
        ("http:/x.example", "web-address-slashes"),
        ("https//x.example", "web-address-slashes"),
        ("https://https//x.example", "web-address-slashes"),
    ],
)
def test_a_bad_address_is_a_mistake_where_it_stands(address: str, name: str) -> None:
    found = web_flaw(address)
    assert found
    assert found.name == name
    assert told(f"Satz\n\n[x]({address})") == [(name, 3, 5)]
    assert name in {each[0] for each in told(f'<q cite="{address}">x</q>')}
    assert name in {each[0] for each in told(f'<a href="{address}">x</a>')}


@pytest.mark.parametrize(
    "address",
    [
        "https://münchen.example/",
        "https://[::1]:80/",
        "//k.example/",
        "../druck/",
        "www.notiz.md",
        "/www.x.example/",
        "#a",
        "mailto:a@b.example",
    ],
)
def test_a_good_address_is_none(address: str) -> None:
    assert web_flaw(address) is None


@given(
    st.sampled_from(
        ["//k.example/", "../druck/", "vorlage.pdf", "?x=1", "#a", "HTTPS://X.example/", "/a/"]
    )
)
def test_an_address_is_resolved_as_a_browser_does(address: str) -> None:
    text = (
        f'<p>href="{address}" <code>src="{address}"</code> <a title=\' href="{address}"\'>b</a></p>'
    )
    assert html_addresses.absolute(text, BASE) == text
    link = f'<a class="c" href="{address}">'
    assert html_addresses.absolute(link, BASE) == f'<a class="c" href="{urljoin(BASE, address)}">'


@pytest.mark.parametrize(
    "block", ["<details><summary>a</summary>b</details>", "<div>b</div>", "<hr>"]
)
def test_a_block_in_a_line_leaves_no_empty_paragraph(block: str) -> None:
    assert convert(f"Erst {block}").html == f"<p>Erst </p>{block}"
    assert convert(f"Erst {block} dann").html == f"<p>Erst </p>{block}<p> dann</p>"


def test_ids_of_layouts_stay_theirs() -> None:
    body = convert('## A {#Korrektur}\n\n[x](#Korrektur) <a href="#Korrektur">y</a>')
    assert 'id="Korrektur"' not in body.html
    assert body.html.count('href="#text-korrektur"') == 2
    assert [each.name for each in body.problems] == ["markdown-id-reserved"]


def test_the_ids_that_are_known_are_those_of_the_layouts() -> None:
    names = ("article.html", "base.html", "firm.html", "macros.html", "print.html", "standing.html")
    files = [ROOT / "layouts" / name for name in names]
    files += sorted((ROOT / "layouts" / "fragments").glob("*.html"))
    found = {
        each for file in files for each in re.findall(r' id="([^"{]+)"', file.read_text("utf-8"))
    }
    assert found == LAYOUT_IDS


@pytest.mark.parametrize(
    ("kicker", "line"),
    [
        ("Bund", "Bund: T"),
        ("Smart City?", "Smart City? T"),
        ("Ach!", "Ach! T"),
        ("", "T"),
        ("Und …", "Und … T"),
    ],
)
def test_a_kicker_that_ends_with_a_sign_gets_no_colon(kicker: str, line: str) -> None:
    assert introduced(kicker, "T") == line


def test_xml_names_its_quotation_marks() -> None:
    assert xml_names(b"&#34;a&#39; &amp;#34;") == b"&quot;a&apos; &amp;#34;"

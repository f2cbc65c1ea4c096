"""The header of a source: what is read, and what an editor is told whose header cannot be."""

import time
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.front_matter.header import FrontMatter, Items, Node, Scalar, read


def source(*lines: str) -> bytes:
    """A source with these lines between its fences, and a text of one line."""
    return "\n".join(("---", *lines, "---", "Text", "")).encode()


def plain(node: Node | None) -> Any:
    """The values of a header as lists and dictionaries of text."""
    if node is None:
        return None
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Items):
        return [plain(item) for item in node.items]
    return {key.text: plain(value) for key, value in node.entries}


def found(result: FrontMatter) -> list[tuple[int, str]]:
    """The lines and names of the problems; each can be said in both languages."""
    for problem in result.problems:
        assert problem.path == ""
        for language in ("de", "en"):
            assert (problem.what(language) + problem.hint(language)).isprintable()
    return [(problem.line, problem.name) for problem in result.problems]


def test_values_stay_text() -> None:
    result = read(
        source("a: 10:00", "b: no", "c: 01067", "d: 1.10", "e: 1_000", "f: 2023-03-30", "g: on"),
    )
    assert plain(result.header) == {
        "a": "10:00", "b": "no", "c": "01067", "d": "1.10", "e": "1_000", "f": "2023-03-30",
        "g": "on",
    }  # fmt: skip
    assert not result.problems


def test_lists_maps_and_long_texts() -> None:
    result = read(
        source(
            "# Kommentar",
            "a: [x, y]  # noch einer",
            "b:",
            "  - x",
            "  - 'y: z'",
            "c: {d: e}",
            "f: >",
            "  eins",
            "  zwei # drei",
            "g: eins",
            "  zwei",
            "h:",
            "i: ~",
            "j: null",
            "k: Null",
            "content: self",
        ),
    )
    assert plain(result.header) == {
        "a": ["x", "y"], "b": ["x", "y: z"], "c": {"d": "e"}, "f": "eins zwei # drei\n",
        "g": "eins zwei", "h": "", "i": "", "j": "", "k": "Null", "content": "self",
    }  # fmt: skip
    assert not result.problems


def test_values_know_their_place() -> None:
    header = read(b"\n---\n\ntitle: x\nk:\n  - yz\n---\n").header
    assert header is not None
    (title, x), (_, items) = header.entries
    assert (title.line, title.column) == (4, 1)
    assert (x.line, x.column) == (4, 8)
    assert isinstance(items, Items)
    assert items.items == (Scalar("yz", 6, 5),)


@pytest.mark.parametrize(
    ("data", "text", "first_line"),
    [
        (b"---\na: b\n---\nText\n", "Text\n", 4),
        (b"\xef\xbb\xbf---\na: b\n---\nText", "Text", 4),
        (b"\n \n---\na: b\n---\nText", "Text", 6),
        (b"---  \na: b\n---\t\nText", "Text", 4),
        (b"---\r\na: b\r\n---\r\nText\r\n", "Text\n", 4),
        (b"---\ra: b\r---\rText\rText", "Text\nText", 4),
        (b"---\na: b\n---\n\n    code\n", "\n    code\n", 4),
        (b"---\na: b\n---\n    code\n  \n", "    code\n  \n", 4),
        (b"---\na: b\n---\nText\n---\nMehr", "Text\n---\nMehr", 4),
        (b"---\na: b\n---", "", 4),
    ],
)
def test_the_text_keeps_its_indent_and_its_lines(data: bytes, text: str, first_line: int) -> None:
    result = read(data)
    assert plain(result.header) == {"a": "b"}
    assert (result.text, result.first_line, result.problems) == (text, first_line, ())


def test_everything_is_composed() -> None:
    decomposed = unicodedata.normalize("NFD", '---\nÜ: ä\nq: "u\\u0308"\n---\nö')
    result = read(decomposed.encode())
    assert plain(result.header) == {"Ü": "ä", "q": "ü"}
    assert result.text == "ö"


TRAPS = [
    # The file.
    (b"", (1, "file-empty")),
    (b"\xef\xbb\xbf \n\n", (1, "file-empty")),
    ("---\ntitle: x\n---\n".encode("utf-16"), (1, "file-utf-16")),
    ("---\ntitle: x\n---\n".encode("utf-16-be"), (1, "file-utf-16")),
    ("---\ntitle: x\r\n---\r\nStädte".encode("cp1252"), (4, "file-windows-1252")),
    (b"---\ntitle: \x81\n---\n", (2, "file-not-utf-8")),
    (source("title: a\x00b"), (2, "control-character")),
    (source("title: a") + b"\x0b", (5, "control-character")),
    (source("title: a\x96b"), (2, "control-character")),
    (source("title: a\ufffeb"), (2, "control-character")),
    (source("title: a\uffffb"), (2, "control-character")),
    # Its fences.
    (b"Nur Text.\n", (1, "header-missing")),
    (b"# Titel\n\n---\n", (1, "header-missing")),
    (b"title: x\n---\nText", (1, "fence-missing")),
    (b"\n\ntitle: x\n---\nText", (3, "fence-missing")),
    (b"+++\ntitle = 'x'\n+++\n", (1, "header-is-toml")),
    (b"--\ntitle: x\n---\nText", (1, "fence-opening")),
    ("\N{EM DASH}-\ntitle: x\n---\nText".encode(), (1, "fence-opening")),
    (b"----\ntitle: x\n---\nText", (1, "fence-opening")),
    (b"---\ntitle: x\n--\nText", (3, "fence-closing")),
    (b"---\ntitle: x\n...\nText: y\n", (3, "fence-closing")),
    (b"---\ntitle: x\ndate: y\n\nText.\n", (3, "fence-unclosed")),
    (b"---\ntitle: x", (2, "fence-unclosed")),
    (b"---\ntitle: x\n\nErste Zeile.\nZweite.\n\n---\nMehr", (4, "header-text")),
    (source(*["a: b"] * 20_000), (1, "header-too-long")),
    (source("- title: x"), (2, "header-not-fields")),
    (source("Nur Text"), (2, "header-not-fields")),
    # Values that mean something else in YAML.
    (source("title: IT-Rat: 40. Sitzung"), (2, "value-colon")),
    (source("a: b", "title: Der Stand:"), (3, "value-colon")),
    *((source(f"title: {sign}Digital neu"), (2, "value-sign")) for sign in "@%|>*&!`,"),
    (source("title: [Neu] Digital"), (2, "value-sign")),
    (source("title: {Neu} Digital"), (2, "value-sign")),
    (source("title: - Digital"), (2, "value-sign")),
    (source("keywords:", "  - *Digital"), (3, "value-sign")),
    (source("<<: *a"), (2, "value-sign")),
    (source('title: "Digital" ist besser'), (2, "value-quotes")),
    (source("title: 'Digital' ist besser"), (2, "value-quotes")),
    (source('title: "Digital', 'kicker: "x"'), (2, "value-quotes")),
    (source("title: 'Digital"), (2, "value-quotes")),
    (source('title: "C:\\daten"'), (2, "value-escape")),
    (source("title: #Digital"), (2, "value-hash")),
    (source("title: Platz #1"), (2, "value-hash")),
    (source("keywords:", "  - KI", "  - #Digital"), (4, "value-hash")),
    (source('title: "\\0"'), (2, "value-control")),
    (source('title: "\\x0b"'), (2, "value-control")),
    (source('title: "\\uffff"'), (2, "value-control")),
    # Lines that are not what they look like.
    (source("\ttitle: x"), (2, "yaml-tab")),
    (source("keywords:", "\t- x"), (3, "yaml-tab")),
    (source("keywords:", "  - x", "\t- y"), (4, "yaml-tab")),
    (source("title:Digital"), (2, "yaml-no-space")),
    (source("date: x", "title:Digital"), (3, "yaml-no-space")),
    (source("title:\N{NO-BREAK SPACE}x"), (2, "yaml-odd-space")),
    (source("date:\N{NO-BREAK SPACE}x", "title: y"), (2, "yaml-odd-space")),
    (source("keywords:", "-KI"), (3, "yaml-list")),
    (source("keywords:", "• KI"), (3, "yaml-list")),
    (source("lead: x", " kicker: y"), (3, "yaml-indent")),
    (source("lead: x", "und weiter", "title: y"), (3, "yaml-prose")),
    (source("a: b", "? ["), (3, "yaml-unreadable")),
    # Keys, and attacks.
    (source("title: x", "date: y", "Title: z"), (4, "key-twice")),
    (source("image:", "  alt: x", "  alt: y"), (4, "key-twice")),
    (source("[a]: b"), (2, "key-not-text")),
    (source("a: &a [x]", "b: [*a, *a]"), (2, "value-sign")),
    (source("a: b", "c: [[[[[[[[[[[[x]]]]]]]]]]]]"), (3, "header-too-deep")),
    (source("a: " + "[" * 60_000), (2, "header-too-deep")),
    (source("a: " + "{b: " * 10_000), (2, "header-too-deep")),
]


@pytest.mark.parametrize(("data", "expected"), TRAPS)
def test_each_trap_is_named_with_its_line(data: bytes, expected: tuple[int, str]) -> None:
    start = time.perf_counter()
    assert expected in found(read(data))
    assert time.perf_counter() - start < 1


@pytest.mark.parametrize(
    ("line", "right"),
    [
        ("title: IT-Rat: 40. Sitzung", 'title: "IT-Rat: 40. Sitzung"'),
        ("title: Der Stand:", 'title: "Der Stand:"'),
        ("title: [Neu] Digital", 'title: "[Neu] Digital"'),
        ("title: *Neu*", 'title: "*Neu*"'),
        ("title: &Neu x", 'title: "&Neu x"'),
        ('title: "Digital" ist besser', "title: '\"Digital\" ist besser'"),
        ("title: 'Digital' ist besser", "title: \"'Digital' ist besser\""),
        ('title: "Geht\'s" gut', "title: '\"Geht''s\" gut'"),
        ('title: "Digital', 'title: "Digital"'),
        ('title: "C:\\daten"', "title: 'C:\\daten'"),
        ("title: Platz #1", 'title: "Platz #1"'),
        ("title:Platz", "title: Platz"),
        ("title:Der Rat: neu", 'title: "Der Rat: neu"'),
        ("title:#1", 'title: "#1"'),
        ("\ttitle: x", "title: x"),
    ],
)
def test_the_line_is_shown_as_it_should_be_written(line: str, right: str) -> None:
    result = read(source("a: b", line))
    assert [dict(problem.values).get("right") for problem in result.problems] == [right]
    assert read(source("a: b", right)).problems == ()


def test_all_mistakes_are_told_at_once() -> None:
    data = source(
        "title: IT-Rat: 40. Sitzung",
        "kicker: @home",
        "\tlead: x",
        "date:2023",
        "lead: Platz #1",
        "lead: y",
    )
    assert found(read(data)) == [
        (2, "value-colon"),
        (3, "value-sign"),
        (4, "yaml-tab"),
        (5, "yaml-no-space"),
        (6, "key-twice"),
        (6, "value-hash"),
        (7, "key-twice"),
    ]


def test_fences_do_not_hide_what_is_between_them() -> None:
    assert found(read(b"--\ntitle: a: b\n--\n")) == [
        (1, "fence-opening"),
        (2, "value-colon"),
        (3, "fence-closing"),
    ]


def test_a_text_that_begins_within_the_header_is_told_once() -> None:
    data = b"---\ntitle: x\n\nErste Zeile.\nZweite: so.\nDritte.\n\n---\nMehr"
    assert found(read(data)) == [(4, "header-text")]


def test_a_tab_before_a_list_item_hides_nothing() -> None:
    result = read(source("keywords:", "  - x", "\t- y"))
    assert plain(result.header) == {"keywords": ["x", "y"]}


def test_a_control_character_does_not_hide_other_mistakes() -> None:
    result = read(source("title: a: b", "lead: \x02") + b"\x03")
    assert found(result) == [(2, "value-colon"), (3, "control-character")]
    assert dict(result.problems[1].values) == {"code": "U+0002", "count": "2"}


def test_a_hash_is_a_comment_where_a_space_follows() -> None:
    result = read(source("title: x # Kommentar", "a: b#c", "d: 'e' # f", "g: | # h", "  i #j"))
    assert plain(result.header) == {"title": "x", "a": "b#c", "d": "e", "g": "i #j\n"}
    assert not result.problems


def test_windows_1252_is_told_by_a_letter() -> None:
    (problem,) = read("---\ntitle: Städte\n---".encode("cp1252")).problems
    assert dict(problem.values) == {"byte": "E4", "letter": "ä"}


def test_a_long_line_is_shown_in_part() -> None:
    (problem,) = read(source("title: a: " + "b" * 5000)).problems
    assert len(problem.hint()) < 500


@given(st.binary(max_size=300))
def test_any_bytes_can_be_read(data: bytes) -> None:
    result = read(data)
    assert result.problems or result.header is not None


@given(st.lists(st.text(alphabet="ab:- \t#\"'[]{}&*!|>%@`,?\n\xa0ä\\.", max_size=12), max_size=8))
def test_any_lines_can_be_read(lines: list[str]) -> None:
    result = read(source(*lines))
    assert result.problems or result.header is not None
    for problem in result.problems:
        assert 1 <= problem.line <= "\n".join(lines).count("\n") + 5
        problem.what("de")


@pytest.mark.parametrize(
    ("lines", "shown"),
    [
        (["title: Neuer Haushalt <!-- Zahl prüfen -->"], "Neuer Haushalt "),
        (['title: "<!-- heikel: Name -->Neuer Haushalt"'], "Neuer Haushalt"),
        (
            ["title: |", "  Der Haushalt <!-- noch", "", "  prüfen --> steht"],
            "Der Haushalt  steht\n",
        ),
        (["title: <!-- fehlt noch -->"], ""),
        (["title: a<!-- b --!>c<!-->d-->e"], "ace"),
        (["title: Der Haushalt --> 2027"], "Der Haushalt --> 2027"),
    ],
)
def test_no_reader_sees_a_comment_in_a_value(lines: list[str], shown: str) -> None:
    result = read(source(*lines))
    assert plain(result.header) == {"title": shown}
    assert not result.problems


def test_a_comment_in_the_item_of_a_list_hides_its_comma_too() -> None:
    result = read(source('keywords: [Haushalt, "Rat <!-- oder Kreistag, offen -->"]'))
    assert plain(result.header) == {"keywords": ["Haushalt", "Rat "]}


def test_a_comment_that_does_not_end_in_its_value_is_told_where_it_begins() -> None:
    result = read(source("lead: |", "  Der Rat", "  tagt <!-- wann?", "kicker: Rat <!-- x"))
    assert found(result) == [(4, "value-comment-open"), (5, "value-comment-open")]
    assert result.problems[0].column == len("  tagt <") and result.problems[0].is_error


def test_a_line_of_the_header_that_is_commented_out_as_in_html_is_told_once() -> None:
    assert found(read(source("title: Rat", "<!-- kicker: Stadt -->"))) == [
        (3, "value-comment-open")
    ]


def test_a_comment_in_a_comment_would_end_too_early() -> None:
    assert found(read(source("title: Rat <!-- a <!-- b --> c --> d"))) == [
        (2, "value-comment-nested")
    ]


@pytest.mark.parametrize(
    "lines", [("title: Rat", "<!-- kicker -->"), ("<!-- kicker -->", "title: Rat", "lead: x")]
)
def test_a_comment_of_html_in_the_header_is_told_as_one(lines: tuple[str, ...]) -> None:
    (problem,) = read(source(*lines)).problems
    assert (problem.line, problem.name) == (2 + lines.index("<!-- kicker -->"), "yaml-comment")
    assert problem.hint() == "Write: # kicker"

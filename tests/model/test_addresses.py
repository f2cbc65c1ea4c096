"""Addresses: slugs of German words, patterns, output files, the order of the alphabet."""

import unicodedata
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.model.addresses import (
    PART_LENGTH,
    SLUG_LENGTH,
    check_pattern,
    flaw,
    letter,
    slug,
    sort_key,
    target,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("IT-Planungsrat", "it-planungsrat"),
        ("Städte, Gemeinden & Kreise", "staedte-gemeinden-und-kreise"),
        ("Übermaß ÄÖÜ GROẞ", "uebermass-aeoeue-gross"),
        ("Bürger*innen", "buerger-innen"),
        ("C", "c"),
        ("C++", "c-plus-plus"),
        ("C#", "c-sharp"),
        ("#Digital", "digital"),
        (".NET", "dot-net"),
        ("ASP.NET", "asp-net"),
        ("F&E", "f-und-e"),
        ("§ 2b UStG", "paragraf-2b-ustg"),
        ("1,5 % weniger", "1-5-prozent-weniger"),
        ("5 €", "5-euro"),
        ("geht's", "gehts"),
        ("geht\N{RIGHT SINGLE QUOTATION MARK}s", "gehts"),
        ("Ver\xadwal\u200btung", "verwaltung"),
        ("Łódź", "lodz"),
        ("&auml;", "und-auml"),
        ("schon-ein-slug", "schon-ein-slug"),
        ("-rand-", "rand"),
        ("..", ""),
        ("🚀", ""),
        ("---", ""),
        ("", ""),
    ],
)
def test_slugs_of_german_text(text: str, expected: str) -> None:
    assert slug(text) == expected


@pytest.mark.parametrize("text", ["München", "Öffentliche Aufträge", "Straßenbahn"])
def test_a_name_typed_decomposed_has_the_same_slug(text: str) -> None:
    assert slug(unicodedata.normalize("NFD", text)) == slug(text)


def test_words_without_other_signs_are_joined_as_those_with_them() -> None:
    """What has the short way to a slug has the same one."""
    for text in ("Der Rat beschloß", " Ä--Ö  - ü ", "5 Jahre", "-", "A" * 120, "wort " * 30):
        assert slug(text) == slug(f"{text}\u2060")


def test_a_long_slug_ends_with_a_whole_word() -> None:
    assert slug("verwaltung " * 20) == "-".join(["verwaltung"] * 9)
    assert slug(f"{'a' * 50} {'b' * 49} c") == f"{'a' * 50}-{'b' * 49}"
    assert slug("x" * 300) == "x" * SLUG_LENGTH


@pytest.mark.slow
@given(st.text())
def test_any_slug_is_a_possible_file_name_or_nothing(text: str) -> None:
    found = slug(text)
    assert slug(found) == found
    assert len(found) <= SLUG_LENGTH
    assert set(found) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert not found.startswith("-")
    assert "--" not in found


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("/{year}/{slug}/", []),
        ("{list}{slug}/", []),
        ("/{slug}/{titel}/", ["pattern-placeholder"]),
        ("/{year}/", ["pattern-incomplete"]),
        ("/{titel}/", ["pattern-placeholder", "pattern-incomplete"]),
        ("/{slug", ["pattern-braces"]),
        ("/{slug!r}/", ["pattern-braces"]),
        ("/{slug:>9}/", ["pattern-braces"]),
        ("/{slug.__class__}/{slug}/", ["pattern-placeholder"]),
        ("/{}/{slug}/", ["pattern-placeholder"]),
        ("{slug}/", ["pattern-slashes"]),
        ("/{slug}.html", ["pattern-slashes"]),
        ("//{slug}/", ["address-empty-part"]),
        ("/../{slug}/", ["address-part-edge"]),
        ("/{{x}}/{slug}/", ["address-character"]),
    ],
)
def test_patterns_are_checked(pattern: str, expected: list[str]) -> None:
    found = check_pattern(pattern, allowed=("year", "slug", "list"), required=("slug",))
    assert [problem.name for problem in found] == expected
    assert all(problem.what("de") and problem.hint("de") for problem in found)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/", "index.html"),
        ("/2023/03/x/", "2023/03/x/index.html"),
        ("/feed.xml", "feed.xml"),
        ("/.well-known/security.txt", ".well-known/security.txt"),
        ("/assets/Bild von München.jpg", "assets/Bild von München.jpg"),
        ("/console/", "console/index.html"),
    ],
)
def test_the_file_of_an_address(address: str, expected: str) -> None:
    assert target(address) == expected


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("", "address-start"),
        ("a/", "address-start"),
        ("//", "address-empty-part"),
        ("//etc/passwd", "address-empty-part"),
        ("/a//b/", "address-empty-part"),
        ("/../x/", "address-part-edge"),
        ("/a/./b/", "address-part-edge"),
        ("/a/..", "address-part-edge"),
        ("/a. /", "address-part-edge"),
        ("/ a/", "address-part-edge"),
        ("/a\\b/", "address-character"),
        ("/C:/x/", "address-character"),
        ("/a\x00/", "address-character"),
        ("/a\n/", "address-character"),
        ("/a?b=c", "address-character"),
        ("/a#b", "address-character"),
        ("/%2e%2e/x/", "address-character"),
        ("/\udcff/", "address-character"),
        ("/con/", "address-reserved"),
        ("/NUL.html", "address-reserved"),
        ("/x/lpt1.tar.gz", "address-reserved"),
        ("/" + "ü" * 128 + "/", "address-too-long"),
        ("/" + "a/" * 600, "address-too-long"),
    ],
)
def test_what_can_be_no_file_is_refused(address: str, name: str) -> None:
    found = flaw(address)
    assert found is not None
    assert found.name == name
    found.what("de").encode()  # a message can always be printed
    with pytest.raises(ValueError, match="address"):
        target(address)


@given(st.text(alphabet="ab/.\\ \x00ü:%-", max_size=30))
def test_a_target_never_leaves_the_output_folder(address: str) -> None:
    if flaw(f"/{address}") is None:
        path = PurePosixPath(target(f"/{address}"))
        assert not path.is_absolute()
        assert not {"..", "."} & set(path.parts)
        assert all(len(part.encode()) <= PART_LENGTH for part in path.parts)


def test_the_german_alphabet() -> None:
    words = ["Zoll", "Ärzte", "Arzt", "Öl", "Ofen", "Maße", "Masse", "müller", "Müller", "Muller"]
    assert sorted(words, key=sort_key) == [
        "Arzt", "Ärzte", "Masse", "Maße", "Muller", "Müller", "müller", "Ofen", "Öl", "Zoll",
    ]  # fmt: skip


def test_a_hyphen_sorts_as_a_space() -> None:
    words = ["Egal", "E-Government", "E Akte", "EfA"]
    assert sorted(words, key=sort_key) == ["E Akte", "E-Government", "EfA", "Egal"]


@given(st.text(), st.text())
def test_only_equal_texts_share_a_place_in_the_order(one: str, other: str) -> None:
    assert (sort_key(one) == sort_key(other)) == (one == other)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Österreich", "O"), ("„Smart City“", "S"), ("ß", "S"), ("5G", "#"), ("Я", "#"), ("", "#")],
)
def test_the_letter_of_an_index(text: str, expected: str) -> None:
    assert letter(text) == expected

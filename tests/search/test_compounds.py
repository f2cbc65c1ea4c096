"""Compounds by the portal's own words: a part is found, and what only looks like one is not."""

import pytest

from generator.search.compounds import Splitter
from generator.search.languages import language
from generator.search.words import fold

GERMAN = language("de")


def parts(compound: str, words: str) -> set[str]:
    """The stems of the parts of a compound in a portal that has these words."""
    forms = frozenset(fold(word) for word in words.split())
    splitter = Splitter(GERMAN, forms, frozenset(map(GERMAN.stem, forms)))
    return set(splitter.parts(fold(compound)))


def stems(words: str) -> set[str]:
    return {GERMAN.stem(fold(word)) for word in words.split()}


@pytest.mark.parametrize(
    ("compound", "words"),
    [
        ("Stadtverwaltung", "Stadt Verwaltung"),
        ("Verwaltungsreform", "Verwaltung Reform"),
        ("Stadtverwaltungen", "Stadt Verwaltung"),
        ("Onlinezugangsgesetz", "online Zugang Gesetz"),
        ("Krankenhausinformationssystem", "Krankenhaus Information System"),
        ("Rathäuser", "Rat Haus"),
        ("Landrat", "Land Rat"),
        ("Schulamt", "Schule Amt"),
        ("Bauamt", "Bau Amt"),
        ("Verwaltungskonten", "Verwaltung Konten Skonto"),
        ("Bürgerbüro", "Bürger Büros"),
        ("Lesebücher", "Buch"),
        ("Jahresende", "Jahr Ende"),
        ("Geodaten", "Daten"),
        ("Losnummer", "Los Nummer"),
    ],
)
def test_a_compound_has_the_parts_that_are_words(compound: str, words: str) -> None:
    assert parts(compound, words) == stems(words.replace(" Skonto", ""))


@pytest.mark.parametrize(
    ("word", "words"),
    [
        ("Lektorat", "Rat Stadt"),
        ("Heirat", "Rat Stadt"),
        ("Apparat", "Rat Stadt"),
        ("Skonto", "Konto"),
        ("Kontakt", "Konten Akte"),
        ("Vorrat", "vor Rat"),
        ("Haushalte", "Haus halten"),
        ("Bürgerlichkeit", "Bürger"),
        ("enthalten", "alt alten"),
        ("Schalter", "Alter"),
        ("Gebühren", "Uhr Uhren"),
        ("verraten", "Rate Raten"),
        ("Verbände", "Band Bande"),
        ("erreichbar", "bar erreichen"),
        ("Auszubildende", "Ende"),
        ("spätestens", "Test testen"),
    ],
)
def test_what_only_looks_like_a_part_is_none(word: str, words: str) -> None:
    assert parts(word, words).isdisjoint(stems(words))


def test_beside_a_long_word_the_rest_may_be_unknown() -> None:
    assert parts("Geoinformationssysteme", "Informationssystem") == stems("Informationssystem")
    assert parts("Straßenbeleuchtung", "Straße") >= stems("Straße Beleuchtung")


def test_what_stands_beside_long_words_is_a_word() -> None:
    forms = frozenset(("daten", "umwelt"))
    splitter = Splitter(GERMAN, forms, frozenset(map(GERMAN.stem, forms)))
    assert splitter.shown("datenschutz") == splitter.shown("umweltschutz") == {"schutz"}
    known = Splitter(GERMAN, forms, frozenset(map(GERMAN.stem, forms)), frozenset({"schutz"}))
    assert "schutz" in known.parts("datenschutz")


def test_what_is_long_may_lack_an_e_where_it_shows_a_word_and_is_no_part_for_that() -> None:
    forms = frozenset(("sperre", "brucke"))
    splitter = Splitter(GERMAN, forms, frozenset(map(GERMAN.stem, forms)))
    assert splitter.shown("sperrfristen") == {"frist"}
    assert splitter.shown("bruckmoor") == splitter.parts("bruckmoor") == set()


@pytest.mark.parametrize(
    ("compound", "words", "found"),
    [
        ("Jugendamt", "Amt", "Jugend"),
        ("Kreissparkasse", "Kreis", "Sparkasse"),
        ("Krankenhausbau", "Bau", "Krankenhaus"),
        ("Landtagswahl", "Wahl", "Landtag"),
        ("Strompreise", "Preis", "Strom"),
        ("Wahlleiter", "Leiter", "Wahl"),
        ("Schlüsselanhänger", "Hänger", "Schlüssel"),
    ],
)
def test_what_stands_beside_a_word_is_found_and_is_no_part_of_others(
    compound: str, words: str, found: str
) -> None:
    assert stems(found) <= parts(compound, words)
    assert not parts(compound, "")


@pytest.mark.parametrize(
    ("word", "words"),
    [("Programm", "pro"), ("Verwaltung", "Tun"), ("kostenlose", "Kosten"), ("Ansicht", "ans")],
)
def test_an_ending_beside_a_word_is_no_word(word: str, words: str) -> None:
    assert parts(word, words) <= stems(words)


@pytest.mark.parametrize(
    "forms",
    [
        "Haus Häuser Hauses",
        "Auto Autos",
        "Bürger Bürgern Bürgerin Bürgerinnen",
        "Schüler Schülern Schülerin Schülerinnen",
        "Kollege Kolleginnen",
    ],
)
def test_forms_of_a_word_have_one_stem(forms: str) -> None:
    assert len(stems(forms)) == 1


@pytest.mark.parametrize(
    "others", ["Bürger Burg", "Schüler Schule", "Gesetz gesetzlich", "Rat Raten", "Haus Hausung"]
)
def test_other_words_have_another_stem(others: str) -> None:
    assert len(stems(others)) == 2


def test_other_languages_have_stems_and_no_compounds() -> None:
    english = language("en-GB")
    assert english.stem("administrations") == english.stem("administration")
    assert not english.compounds
    assert language("tlh").stem("words") == "words"

"""The index after any changes is the one that would be made of all documents anew."""

from collections import defaultdict
from collections.abc import Mapping
from itertools import pairwise
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.search import postings, shards
from generator.search.document import Document
from generator.search.index import Change, Lexicon, Revised, revise
from generator.search.languages import language
from generator.search.numbers import numbered
from generator.search.shards import Group, Word

WORDS = (
    *("Stadt", "Städte", "Rat", "Räte", "Stadtrat", "Stadträte", "Konto", "Konten", "Skonto"),
    *("Verwaltung", "Verwaltungen", "Verwaltungskonto", "Stadtverwaltung", "Datenschutz", "Daten"),
    *("Umweltschutz", "Umwelt", "Schutzrat", "Straße", "Strasse", "Schule", "Schulamt", "Amt"),
    *("Heirat", "115", "§3", "Landrat", "Land", "Verwaltungslandrat", "Umweltschutzamt"),
    *("Schulen", "Sperre", "Sperren", "Sperrfrist", "Sperrfristen"),
)
Documents = Mapping[int, Mapping[str, int]]

documents = st.dictionaries(
    st.integers(0, 1 << 36),
    st.dictionaries(st.sampled_from([word.lower() for word in WORDS]), st.integers(0, 31)),
    max_size=12,
)


def change(before: Documents, after: Documents) -> Change:
    added: defaultdict[str, list[int]] = defaultdict(list)
    removed: defaultdict[str, set[int]] = defaultdict(set)
    for number in sorted(before.keys() | after.keys()):
        old, new = before.get(number, {}), after.get(number, {})
        for word in old.keys() | new.keys():
            if old.get(word) != new.get(word):
                if word in old:
                    removed[word].add(number)
                if word in new:
                    added[word].append(number << postings.BITS | new[word])
    return Change(added, removed)


def nothing(name: str) -> bytes:
    raise AssertionError(name)


def made(all_documents: Documents) -> Revised:
    return revise(Lexicon(), change({}, all_documents), nothing, language("de"))


def names(lexicon: Lexicon) -> set[str]:
    return set(map(shards.name, lexicon.prefixes))


@settings(deadline=None, max_examples=60)
@given(st.lists(documents, min_size=2, max_size=5), st.sampled_from([40, 300, 24_000]))
def test_changes_come_to_what_is_made_anew(states: list[Documents], full: int) -> None:
    with mock.patch.object(shards, "FULL", full), mock.patch.object(shards, "SHARE", full // 4):
        lexicon, files = made(states[0])
        for before, after in pairwise(states):
            lexicon, changed = revise(
                lexicon, change(before, after), files.__getitem__, language("de")
            )
            files = {name: files[name] for name in names(lexicon) & files.keys()} | changed
            clean = made(after)
            assert lexicon == clean.lexicon
            assert files == clean.shards


@pytest.mark.parametrize(
    ("word", "others"), [("schule", "schulen schulamt amt"), ("sperre", "sperren sperrfristen")]
)
def test_a_word_that_a_compound_has_without_its_end_comes_and_goes(word: str, others: str) -> None:
    without = {1: dict.fromkeys(others.split(), 1)}
    having = {**without, 2: {word: 1}}
    for before, after in ((without, having), (having, without)):
        lexicon, files = made(before)
        revised = revise(lexicon, change(before, after), files.__getitem__, language("de"))
        clean = made(after)
        assert revised.lexicon == clean.lexicon
        assert {**files, **revised.shards} == clean.shards


def test_what_does_not_change_is_not_written_again() -> None:
    before = {n: {word.lower(): 1 for word in WORDS} for n in range(1, 400)}
    with mock.patch.object(shards, "FULL", 800), mock.patch.object(shards, "SHARE", 200):
        lexicon, files = made(before)
        after = {**before, 7: {**before[7], "landrat": 2}}
        _, changed = revise(lexicon, change(before, after), files.__getitem__, language("de"))
    assert len(files) > 8
    assert 0 < len(changed) <= 3  # its own, and those of Land and Rat
    assert all(files[name] != data for name, data in changed.items())


@given(st.lists(st.integers(0, 1 << 41), unique_by=lambda one: one >> postings.BITS, min_size=1))
def test_postings_are_what_was_packed(some: list[int]) -> None:
    some.sort()
    assert postings.decode(postings.encode(some), len(some)) == some


@given(st.dictionaries(st.text(max_size=9), st.dictionaries(st.text(max_size=9), st.binary())))
def test_a_shard_holds_what_was_put_into_it(some: dict[str, dict[str, bytes]]) -> None:
    groups = {
        stem: Group({text: Word(3, data) for text, data in words.items()}, {})
        for stem, words in some.items()
    }
    assert shards.decode(shards.encode(groups)) == groups


def test_names_of_files_do_not_spell_words() -> None:
    assert "verw" not in shards.name("verw")


def document(address: str, **fields: str) -> Document:
    return Document(
        address, "", "", "", fields.get("date", "2026-05-01T10:00"), fields.get("section", "a"),
        fields.get("kind", "news"), (), (), b"",
    )  # fmt: skip


def test_a_document_more_renumbers_no_other() -> None:
    some = [document(f"/{n}/") for n in range(30)]
    before = {one.address: number for number, one in numbered(some[:-1], ["a"]).items()}
    after = {one.address: number for number, one in numbered(some, ["a"]).items()}
    assert len(after) == 30
    assert before.items() <= after.items()


def test_later_days_have_higher_numbers() -> None:
    some = [document(f"/{n}/", date=f"20{n:02}-05-01", kind="comment") for n in range(10, 20)]
    assert [one.address for one in numbered(some, ["a"]).values()] == [one.address for one in some]


@pytest.mark.parametrize("count", [1, 40])
def test_documents_in_one_slot_have_numbers_of_their_own(count: int) -> None:
    with mock.patch("generator.search.numbers.crc32", return_value=5):
        assert len(numbered([document(f"/{n}/") for n in range(count)], ["a"])) == count

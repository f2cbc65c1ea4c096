"""The index after any changes is the one that would be made of all documents anew."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import pairwise
from typing import Any
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.search import postings, shards
from generator.search.document import Document
from generator.search.index import Change, Lexicon, Revised, revise
from generator.search.languages import language
from generator.search.numbers import numbered
from generator.search.shards import Group

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
    whole: defaultdict[str, list[int]] = defaultdict(list)
    removed: defaultdict[str, set[int]] = defaultdict(set)
    changed = {n for n in before.keys() | after.keys() if before.get(n) != after.get(n)}
    for number in sorted(changed):
        old, new = before.get(number, {}), after.get(number, {})
        for word in old.keys() | new.keys():
            posting = number << postings.BITS | new.get(word, 0)
            if word in new:
                whole[word].append(posting)
            if old.get(word) != new.get(word):
                if word in old:
                    removed[word].add(number)
                if word in new:
                    added[word].append(posting)
    return Change(added, removed, whole, changed)


def nothing(name: str) -> bytes:
    raise AssertionError(name)


def made(all_documents: Documents) -> Revised:
    return revise(Lexicon(), change({}, all_documents), nothing, language("de"))


def updated(files: Mapping[str, bytes], revised: Revised) -> dict[str, bytes]:
    """The files of an index after a change."""
    there = set(map(shards.name, revised.lexicon.prefixes))
    all_files = {**files, **revised.files}
    return {
        name: data for name, data in all_files.items() if data and (name in there or name[0] == "x")
    }


@contextmanager
def small(full: int, best: int) -> Iterator[None]:
    """Has little fit into a shard."""
    sizes: dict[str, Any] = {"FULL": full, "SHARE": full // 4, "WHOLE": 2 * best, "BEST": best}
    with mock.patch.multiple(shards, **sizes):
        yield


@settings(deadline=None, max_examples=60)
@given(
    st.lists(documents, min_size=2, max_size=5),
    st.sampled_from([40, 300, 24_000]),
    st.sampled_from([1, 2, 256]),
)
def test_changes_come_to_what_is_made_anew(states: list[Documents], full: int, best: int) -> None:
    with small(full, best):
        revised = made(states[0])
        files = updated({}, revised)
        for before, after in pairwise(states):
            changed = change(before, after)
            revised = revise(revised.lexicon, changed, files.__getitem__, language("de"))
            files = updated(files, revised)
            clean = made(after)
            assert revised.lexicon == clean.lexicon
            assert files == updated({}, clean)


@pytest.mark.parametrize(
    ("word", "others"),
    [
        ("schule", "schulen schulamt amt"), ("sperre", "sperren sperrfristen"),
        ("amts", "amtes bauamt bau"),
    ],
)  # fmt: skip
def test_a_word_that_a_compound_has_without_its_end_comes_and_goes(word: str, others: str) -> None:
    without = {1: dict.fromkeys(others.split(), 1)}
    having = {**without, 2: {word: 1}}
    for before, after in ((without, having), (having, without)):
        lexicon, files = made(before)
        revised = revise(lexicon, change(before, after), files.__getitem__, language("de"))
        clean = made(after)
        assert revised.lexicon == clean.lexicon
        assert updated(files, revised) == updated({}, clean)


def test_a_compound_is_taken_apart_anew_when_another_shows_its_beginning_to_be_a_word() -> None:
    """Melde is said nowhere; Meldepflicht shows it, and Bescheinigung beside it is found then."""
    without = {1: {"meldebescheinigungen": 1}}
    having = {**without, 2: {"pflicht": 1, "meldepflicht": 1}}
    for before, after in ((without, having), (having, without)):
        lexicon, files = made(before)
        revised = revise(lexicon, change(before, after), files.__getitem__, language("de"))
        assert revised.lexicon == made(after).lexicon
        assert ("bescheinigung" in revised.lexicon.weights) is (after is having)


def test_what_does_not_change_is_not_written_again() -> None:
    before = {n: {word.lower(): 1 for word in WORDS} for n in range(1, 400)}
    with small(800, 256):
        lexicon, files = made(before)
        after = {**before, 7: {**before[7], "landrat": 2}}
        _, changed = revise(lexicon, change(before, after), files.__getitem__, language("de"))
    assert len(files) > 8
    assert len({name for name, data in changed.items() if files.get(name, b"") != data}) <= 3


def test_of_frequent_words_the_best_and_latest_documents_come_first() -> None:
    all_postings = [number << postings.BITS | (number % 3 == 0) << 3 for number in range(1, 10)]
    with small(800, 4):
        word = shards.word(all_postings)
        assert word.postings() == all_postings
    numbers = [one >> postings.BITS for one in postings.decode(word.best, 4)]
    assert numbers == [3, 6, 8, 9]


@given(st.lists(st.integers(0, 1 << 41), unique_by=lambda one: one >> postings.BITS, min_size=1))
def test_postings_are_what_was_packed(some: list[int]) -> None:
    some.sort()
    assert postings.decode(postings.encode(some), len(some)) == some


some_words = st.builds(
    shards.word,
    st.sets(st.integers(0, 99), max_size=9).map(lambda some: sorted(n << 5 for n in some)),
)
some_groups = st.builds(
    Group,
    st.dictionaries(st.text(max_size=9), some_words.filter(bool)),
    st.sets(st.text(max_size=9), min_size=1),
    some_words,
)


@given(st.data())
def test_a_shard_and_what_is_not_in_it_hold_what_was_put_into_them(data: st.DataObject) -> None:
    with small(800, 2):
        groups = data.draw(st.dictionaries(st.text(max_size=9), some_groups))
        read = shards.decode(shards.encode(groups))
        whole = {stem: read[stem].with_rest(group.rest) for stem, group in groups.items()}
    assert whole == groups


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


@pytest.mark.parametrize("count", [1, 40, 1100])
def test_documents_in_one_slot_have_numbers_of_their_own(count: int) -> None:
    with mock.patch("generator.search.numbers.crc32", return_value=5):
        assert len(numbered([document(f"/{n}/") for n in range(count)], ["a"])) == count

"""Words of documents to shards: all of them, or what becomes of them when documents change.

Both are one function, so that a changed index is the one that would be made of all documents.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from itertools import chain, pairwise
from typing import Final, NamedTuple

import msgspec

from generator.search import postings, shards
from generator.search.compounds import SHORTEST, Splitter
from generator.search.languages import Language
from generator.search.shards import Group, Shelf, Word
from generator.search.words import fold

MANY: Final = 500
"""Of more new stems than these, each word is looked at, instead of those that hold one of them."""

ENOUGH: Final = 1
"""So many compounds show that their rest is a word."""

USUAL: Final = 5
"""So many words have an ending of the language, or it is none."""


class Lexicon(msgspec.Struct, frozen=True, array_like=True):
    """What has to be known of all words to take in a change.

    `words` has a line for each, in order; `weights` the size of each stem's group; `shown` how many
    compounds show a stem to be one of a word, which those in `unsaid` have only in compounds;
    `prefixes` are those that have shards; `endings` how many words have what behind their stems.
    """

    words: str = ""
    weights: dict[str, int] = {}
    shown: dict[str, int] = {}
    unsaid: frozenset[str] = frozenset()
    prefixes: tuple[str, ...] = ()
    endings: dict[str, int] = {}

    @property
    def stems(self) -> Set[str]:
        """The stems of all words."""
        return self.weights.keys() - self.unsaid

    @property
    def shelf(self) -> Shelf:
        """Which shard a stem is in."""
        return Shelf(self.prefixes)


class Change(NamedTuple):
    """Postings to be added to each word, and the documents that have it no longer, or otherwise.

    `whole` are all postings of the `documents` of which there are any.
    """

    added: Mapping[str, Sequence[int]]
    removed: Mapping[str, Set[int]]
    whole: Mapping[str, Sequence[int]]
    documents: Set[int]


class Revised(NamedTuple):
    """The lexicon after a change, and the files that may have become others by it, by name.

    What is empty is to be no file.  All others of the lexicon's are as they were.
    """

    lexicon: Lexicon
    files: dict[str, bytes]


def revise(
    lexicon: Lexicon, change: Change, load: Callable[[str], bytes], language: Language
) -> Revised:
    """What an index becomes by a change; `load` gives the files that it had, by name."""
    touched = change.added.keys() | change.removed.keys()
    if lexicon.prefixes and not touched:
        return Revised(lexicon, {})
    desk = _Groups(lexicon, load, language)
    listed = lexicon.words.split("\n") if lexicon.words else []
    known = set(listed)
    for word in touched:
        desk.change(word, change.added.get(word, ()), change.removed.get(word, frozenset()))
    appeared = {word for word in touched - known if desk.word(word)}
    gone = {word for word in touched & known if not desk.word(word)}
    words = (known | appeared) - gone
    shown = Counter(lexicon.shown)
    if language.compounds:
        text = _Lines(listed)
        stems, has = desk.stems(), text.forms - set(map(fold, gone))
        has |= set(map(fold, appeared)) | {fold(word) for word in text.alike(gone) - gone}
        forms = text.forms ^ has
        # Schulamt has Schule without its e; where there are Büros, there is a Büro.
        ends = [(form, form.removesuffix("e"), form.removesuffix("s")) for form in forms]
        parts = {part for some in ends for part in some if len(part) >= SHORTEST}
        changed = (lexicon.stems ^ stems) | parts
        doubtful = touched | text.holding(changed)
        before = Splitter(language, text.forms, lexicon.stems)
        after = Splitter(language, has, stems)
        shown.subtract(one for word in doubtful & known for one in before.shown(fold(word)))
        shown.update(one for word in doubtful & words for one in after.shown(fold(word)))
        old, new = _believed(lexicon.shown), _believed(shown)
        doubtful |= text.holding(old ^ new)
        before = Splitter(language, text.forms, lexicon.stems, old)
        after = Splitter(language, has, stems, new)
        stayed = known & words
        for word in doubtful:
            desk.file(
                word,
                before.parts(fold(word)) if word in known else frozenset(),
                after.parts(fold(word)) if word in words else frozenset(),
                changed=word in touched,
                stayed=word in stayed,
            )
        desk.join(change)
    endings = Counter(lexicon.endings)
    endings.update(desk.ending(word) for word in appeared)
    endings.subtract(desk.ending(word) for word in gone)
    return desk.revised(words, _counted(shown), _counted(endings))


def _believed(shown: Mapping[str, int]) -> Set[str]:
    """The stems that enough compounds show."""
    return {stem for stem, count in shown.items() if count >= ENOUGH}


def _counted(counter: Mapping[str, int]) -> dict[str, int]:
    return {key: count for key, count in sorted(counter.items()) if count}


def usual_endings(lexicon: Lexicon, language: Language) -> list[str]:
    """What stands behind stems in the language, as far as is known."""
    found = {ending for ending, count in lexicon.endings.items() if count >= USUAL}
    return sorted(found.union(language.endings) - {""})


class _Lines:
    """All words of an index, a line for each, to be looked through."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = words
        self._text = fold("\n".join(words))
        self._folded = self._text.split("\n") if words else []
        self.forms = frozenset(self._folded)

    def alike(self, words: Set[str]) -> set[str]:
        """The words that are compared as some of `words` are."""
        folded = set(map(fold, words))
        return {word for word, one in zip(self._words, self._folded, strict=True) if one in folded}

    def holding(self, parts: Set[str]) -> set[str]:
        """The words in which one of the parts is."""
        if len(parts) > MANY:
            return set(self._words)
        return {self._words[line] for part in parts for line in self._lines(part)}

    def _lines(self, part: str) -> Iterator[int]:
        line = start = 0
        while (place := self._text.find(part, start)) >= 0:
            line += self._text.count("\n", start, place)
            yield line
            start = place + 1  # the same line may be found again, which does no harm


class _Groups:
    """The groups of an index while it is changed, loaded with their shards when they are needed."""

    def __init__(self, lexicon: Lexicon, load: Callable[[str], bytes], language: Language) -> None:
        self._lexicon = lexicon
        self._load = load
        self._language = language
        self._shelf = lexicon.shelf
        self._names = frozenset(map(shards.name, lexicon.prefixes))
        self._loaded: dict[str, dict[str, Group]] = {}
        self._touched: set[str] = set()
        self._wholes: set[str] = set()
        self._joined: dict[str, bool] = {}

    def _stem(self, word: str) -> str:
        return self._language.stem(fold(word))

    def _shard(self, name: str) -> dict[str, Group]:
        found = self._loaded.get(name)
        if found is None:
            found = shards.decode(self._load(name)) if name in self._names else {}
            self._loaded[name] = found
        return found

    def _group(self, stem: str) -> Group:
        shard = self._shard(self._shelf.shard(stem))
        found = shard.get(stem)
        if found is None:
            found = shard[stem] = Group({}, set(), Word())
        return found

    def _whole(self, stem: str) -> Group:
        """The group of a stem with what of it is not in its shard."""
        group = self._group(stem)
        if stem not in self._wholes:
            self._wholes.add(stem)
            group = group.with_rest(lambda: self._load(shards.rest_name(stem)))
            self._put(stem, group)
        return group

    def _put(self, stem: str, group: Group) -> None:
        self._shard(self._shelf.shard(stem))[stem] = group

    def word(self, word: str) -> Word | None:
        """A word's postings; None where it has none."""
        return self._group(self._stem(word)).forms.get(word)

    def ending(self, word: str) -> str:
        """What stands behind the word's stem; "" where that is not how it begins."""
        folded, stem = fold(word), self._stem(word)
        return folded[len(stem) :] if folded.startswith(stem) else ""

    def change(self, word: str, added: Sequence[int], removed: Set[int]) -> None:
        """Changes a word's postings."""
        stem = self._stem(word)
        forms = self._whole(stem).forms
        self._touched.add(stem)
        found: Sequence[int] = added
        if had := forms.get(word):
            before = had.postings()
            found = sorted(
                [*(one for one in before if one >> postings.BITS not in removed), *added]
            )
        if found:
            forms[word] = shards.word(found)
        else:
            forms.pop(word, None)

    def stems(self) -> Set[str]:
        """The stems of all words."""
        there = {stem for stem in self._touched if self._group(stem).forms}
        return (self._lexicon.stems - self._touched) | there

    def file(
        self, word: str, before: Set[str], after: Set[str], *, changed: bool, stayed: bool
    ) -> None:
        """Puts a compound into the groups of its parts, and takes it out of those it had.

        `changed`: it has other postings; `stayed`: it was a word before and is one.
        """
        if before == after and not changed:
            return
        for stem in before | after:
            compounds = self._whole(stem).compounds
            (compounds.add if stem in after else compounds.discard)(word)
            # What came from elsewhere has documents that are not among those that changed.
            moved = stayed and (stem in before) != (stem in after)
            self._joined[stem] = moved or self._joined.get(stem, False)
        self._touched |= before | after

    def join(self, change: Change) -> None:
        """Finds the documents of all compounds of those groups in which one changed."""
        for stem, entirely in self._joined.items():
            group = self._group(stem)
            lists: Iterable[Sequence[int]]
            if entirely:
                forms = (self._whole(self._stem(word)).forms[word] for word in group.compounds)
                lists = [form.postings() for form in forms]
            else:
                before = (
                    one
                    for one in group.parts.postings()
                    if one >> postings.BITS not in change.documents
                )
                lists = (*(change.whole.get(word, ()) for word in group.compounds), list(before))
            # The last posting of a document is that with the highest weight.
            merged = pairwise((*sorted(chain.from_iterable(lists)), -1))
            parts = shards.word(
                [one for one, after in merged if one >> postings.BITS != after >> postings.BITS]
            )
            self._put(stem, group._replace(parts=parts))

    def revised(
        self, words: Iterable[str], shown: dict[str, int], endings: dict[str, int]
    ) -> Revised:
        """The index as it is after all changes."""
        weights, unsaid = dict(self._lexicon.weights), set(self._lexicon.unsaid)
        for stem in self._touched:
            group = self._group(stem)
            unsaid.discard(stem)
            if group.weight:
                weights[stem] = group.weight
                if not group.forms:
                    unsaid.add(stem)
            else:
                weights.pop(stem, None)
        prefixes = tuple(shards.prefixes(weights))
        lexicon = Lexicon(
            "\n".join(sorted(words)), dict(sorted(weights.items())), shown, frozenset(unsaid),
            prefixes, endings,
        )  # fmt: skip
        rests = {shards.rest_name(stem): self._group(stem).rest() for stem in self._touched}
        return Revised(lexicon, {**self._written(lexicon.shelf), **dict(sorted(rests.items()))})

    def _written(self, shelf: Shelf) -> dict[str, bytes]:
        """The shards that are to be written, if that is how the groups are divided now."""
        moved = shelf.prefixes ^ self._shelf.prefixes
        wanted = {shelf.shard(stem) for stem in (*self._touched, *moved)}
        wanted |= {
            shards.name(prefix)
            for old in moved
            if (prefix := self._shelf.prefix(old)) in shelf.prefixes
        }
        # All that can be in these now was in shards of the same names, or in those of what moved.
        for name in (*wanted, *map(self._shelf.shard, moved)):
            self._shard(name)
        found: dict[str, dict[str, Group]] = {name: {} for name in wanted}
        for shard in self._loaded.values():
            for stem, group in shard.items():
                if group.weight and (name := shelf.shard(stem)) in found:
                    found[name][stem] = group
        return {name: shards.encode(groups) for name, groups in sorted(found.items())}

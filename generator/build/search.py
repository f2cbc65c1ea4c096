"""The search index over all that has a page, made anew only as far as what it tells changed."""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Final, NamedTuple

import msgspec

from generator.base import digests, workers
from generator.base.problems import PortalError, problem
from generator.base.report import Options
from generator.config import fingerprint, permalinks
from generator.config.portal import Portal
from generator.load.store import IndexedWords, Store, Texts
from generator.model.article import Article, Firm, Picture
from generator.model.entry import Entry
from generator.publish.journal import Stage
from generator.publish.output import OutputFolder, PreviousOutput, Written
from generator.search import document, postings, shards
from generator.search.document import Document
from generator.search.index import Change, Lexicon, Revised, revise, usual_endings
from generator.search.languages import Language, language
from generator.search.numbers import SLOTS, candidates, numbered
from generator.search.text import lines
from generator.site.index import Site

FOLDER: Final = "suchindex"
"""The folder of the output in which the index lies."""

VERSION: Final = 2
"""Of the files' format, which assets/js/search-index.js reads."""

GROUP: Final = 16
"""Documents of which the words are found for one message between processes."""

FEW: Final = 4 * GROUP
"""The words of so many documents are found sooner than other processes are started."""

BUDGET: Final = 60.0
"""Seconds for these."""


class Index(msgspec.Struct, frozen=True):
    """The last index: what it was made under, its words, the digests of those of its files that
    belong to no single document, by target, and how many documents it has."""

    settings: bytes = b""
    lexicon: Lexicon = Lexicon()
    files: dict[str, bytes] = {}
    documents: int = 0


class Indexed(NamedTuple):
    """The targets of the index, in the order of publishing, and those that lie in the stage."""

    targets: list[str]
    staged: dict[str, Written]


class Task(NamedTuple):
    """A document whose words are to be found: its number, the digest of all that it is, and the
    path of its source."""

    number: int
    document: Document
    digest: bytes
    source: str


class Found(NamedTuple):
    """What became of a task: its words with their weights, and the file of what results show."""

    weights: dict[str, int]
    written: Written


def indexed(site: Site, store: Store, previous: PreviousOutput, *, options: Options) -> Indexed:
    """The index of `site`, staged as far as it is not there already.

    PortalError: the words of a document cannot be found.
    """
    if not site.portal.search.enabled:
        return Indexed([], {})
    portal = site.portal
    settings = _settings(portal)
    last, known = store.get(KEY, Index), store.indexed()
    whole = last.settings == settings and len(known) == last.documents
    if not (whole and all(previous.holds(*file) for file in last.files.items())):
        last, known = Index(settings), {}
        store.forget_indexed()
    paths = {source.address: source.path for source in site.sources}
    tasks = [
        Task(number, one, digests.of_value((settings, one)), paths[one.address])
        for number, one in numbered(_documents(site), _sections(portal)).items()
    ]
    texts = [_of_document(task.number) for task in tasks]
    wanted = [
        task
        for task, target in zip(tasks, texts, strict=True)
        if known.get(task.number) != task.digest or not previous.has(target)
    ]
    made = _analysed(wanted, store, previous.folder, portal, options)
    staged = {one.written.target: one.written for one in made.values()}
    revised = _revised(last.lexicon, tasks, made, known, store, previous.folder, portal)
    contents = {_of_words(name): data for name, data in revised.files.items()}
    contents[_ALL] = _all(tasks)
    contents[_NAMES] = msgspec.json.encode(list(_names(site)))
    contents[_HEAD] = _head(portal, len(tasks), revised.lexicon)
    gone = {_of_words(name) for name in map(shards.name, last.lexicon.prefixes)}
    gone -= {_of_words(name) for name in map(shards.name, revised.lexicon.prefixes)}
    files = {target: digest for target, digest in last.files.items() if target not in gone}
    for target, data in contents.items():
        if data:
            files[target] = digests.of_bytes(data)
        else:
            files.pop(target, None)
    for target, data in contents.items():
        if data and not previous.holds(target, files[target]):
            staged[target] = previous.folder.stage.write(target, data, files[target])
    now = {task.number for task in tasks}
    store.forget_words(number for number in known if number not in now)
    store.put_words(_words(wanted, made))
    store.put(KEY, Index(settings, revised.lexicon, files, len(tasks)))
    return Indexed([*texts, *sorted(files)], staged)


class Edited(NamedTuple):
    """What edits make of an index: the files that become others, staged, and what the store is to
    know then."""

    staged: dict[str, Written]
    words: tuple[IndexedWords, ...] = ()
    made: Index | None = None

    def put(self, store: Store) -> None:
        """Puts it there."""
        store.put_words(self.words)
        if self.made:
            store.put(KEY, self.made)


def edited(
    portal: Portal,
    edits: Iterable[tuple[Entry, Entry]],
    store: Store,
    folder: OutputFolder,
    *,
    options: Options,
) -> Edited | None:
    """What becomes of the index by edits that leave every document its day, section, kind and
    address: each source as it was and as it is.

    None: it becomes one of other files, or is not as the last build left it.  PortalError: as
    `indexed`.
    """
    settings, sections = _settings(portal), _sections(portal)
    tasks, known = [], {}
    for before, after in edits:
        old, new = (_document(portal, entry) for entry in (before, after))
        was, now = (digests.of_value((settings, one)) for one in (old, new))
        if was != now:
            places = candidates(old, sections)
            number = next((one for one in places if store.indexed_as(one) in (was, b"")), 0)
            tasks.append(Task(number, new, now, after.source.path))
            known[number] = store.indexed_as(number)
            if known[number] != was:
                return None
    if not tasks:
        return Edited({})
    last = store.get(KEY, Index)
    made = _analysed(tasks, store, folder, portal, options)
    revised = _revised(last.lexicon, tasks, made, known, store, folder, portal)
    contents = {_of_words(name): data for name, data in revised.files.items()}
    contents[_HEAD] = _head(portal, last.documents, revised.lexicon)
    there = {target for target, data in contents.items() if data}
    if (
        last.lexicon.prefixes != revised.lexicon.prefixes
        or there != contents.keys() & last.files.keys()
    ):
        return None
    found = {target: digests.of_bytes(contents[target]) for target in sorted(there)}
    staged = {
        target: folder.stage.write(target, contents[target], found[target])
        for target in found
        if found[target] != last.files[target]
    }
    return Edited(
        {**{one.written.target: one.written for one in made.values()}, **staged},
        tuple(_words(tasks, made)),
        Index(settings, revised.lexicon, last.files | found, last.documents),
    )


KEY: Final = "search"
"""What the store knows the last index by."""

_ALL: Final = f"{FOLDER}/all.bin"
_NAMES: Final = f"{FOLDER}/names.json"
_HEAD: Final = f"{FOLDER}/index.json"


def _of_document(number: int) -> str:
    return f"{FOLDER}/t/{number}.json"


def _of_words(name: str) -> str:
    return f"{FOLDER}/{name}.bin"


def _all(tasks: Sequence[Task]) -> bytes:
    """The numbers of all documents, as postings."""
    return shards.varint(len(tasks)) + postings.encode(
        [task.number << postings.BITS for task in tasks]
    )


def _load(folder: OutputFolder, name: str) -> bytes:
    return (folder.output / _of_words(name)).read_bytes()


def _settings(portal: Portal) -> bytes:
    """The digest of what all of the index depends on."""
    return digests.of_value((fingerprint.generator(), portal.language, _sections(portal)))


def _sections(portal: Portal) -> list[str]:
    return [section.id for section in portal.sections]


# What can be found.


def _documents(site: Site) -> Iterator[Document]:
    return (_document(site.portal, site.entries[source.path]) for source in site.sources)


def _document(portal: Portal, entry: Entry) -> Document:
    source = entry.source
    captions = tuple(
        one.image.caption if isinstance(one, Picture) else "" for one in entry.placeholders
    )
    kicker = date = section = ""
    kind = "page"
    keywords: tuple[str, ...] = ()
    if isinstance(source, Article):
        kicker, section, kind = source.kicker, source.section, source.kind
        date = source.date.local.isoformat(timespec="minutes")
        authors = (portal.authors.get(name, name) for name in source.authors)
        sources = (one.name for one in source.sources)
        picture = source.image.caption if source.image else ""
        corrected = (one.text for one in source.corrections)
        keywords = (
            *source.keywords,
            *authors,
            *(one.name for one in portal.sections if one.id == section),
            *sources,
            picture,
            *corrected,
        )
    elif isinstance(source, Firm):
        kind = "firm"
        keywords = (*source.fields, *source.keywords, source.postcode, source.town)
    return Document(
        source.address, source.title, kicker, source.lead, date, section, kind,
        tuple(filter(None, keywords)),
        captions, entry.text,
    )  # fmt: skip


# Words of documents.


def _analysed(
    tasks: Sequence[Task], store: Store, folder: OutputFolder, portal: Portal, options: Options
) -> dict[int, Found]:
    """What became of each task, by the document's number."""
    analyse = partial(_analyse, portal.language, store.texts, folder.stage)
    groups = [tasks[start : start + GROUP] for start in range(0, len(tasks), GROUP)]
    found: dict[int, Found] = {}
    jobs = 1 if len(tasks) <= FEW else options.jobs
    for place, results in _results(groups, analyse, portal, jobs):
        found.update(zip((task.number for task in groups[place]), results, strict=True))
        options.progress("search", len(found), len(tasks))
    return found


def _results(
    groups: Sequence[Sequence[Task]], analyse: "partial[list[Found]]", portal: Portal, jobs: int
) -> Iterator[tuple[int, list[Found]]]:
    if jobs == 1:
        yield from enumerate(map(analyse, groups))
        return
    for place, result in workers.run(analyse, groups, jobs=jobs, budget=BUDGET, batch=1):
        if isinstance(result, str):
            path = portal.folders.in_content(groups[place][0].source)
            raise PortalError((problem("worker-died", path),))
        yield place, result


def _analyse(tag: str, texts: Texts, stage: Stage, tasks: Sequence[Task]) -> list[Found]:
    """What a worker does with some documents."""
    spoken = language(tag)
    return [_analyse_one(spoken, texts, stage, task) for task in tasks]


def _analyse_one(spoken: Language, texts: Texts, stage: Stage, task: Task) -> Found:
    text = lines(texts(task.document.text).html, task.document.captions)
    shown = document.shown(task.document, text)
    return Found(
        document.weights(task.document, text, spoken),
        stage.write(_of_document(task.number), shown, digests.of_bytes(shown)),
    )


def _revised(
    lexicon: Lexicon,
    tasks: Iterable[Task],
    made: Mapping[int, Found],
    known: Mapping[int, bytes],
    store: Store,
    folder: OutputFolder,
    portal: Portal,
) -> Revised:
    """What becomes of the words, where `tasks` are in the place of the documents that are `known`
    by their digests."""
    digest = {task.number: task.digest for task in tasks}
    had = dict(store.words_of(n for n, before in known.items() if digest.get(n) != before))
    added: defaultdict[str, array[int]] = defaultdict(partial(array, "Q"))
    removed: defaultdict[str, set[int]] = defaultdict(set)
    for number, weights in had.items():
        after = made[number].weights if number in digest else {}
        for word, weight in weights.items():
            if after.get(word) != weight:
                removed[word].add(number)
    # Where nothing was known, all is new.
    whole = defaultdict(partial(array, "Q")) if had else added
    changed = {number for number in made if known.get(number) != digest[number]}
    for number in sorted(changed):
        before, posting = had.get(number, {}), number << postings.BITS
        for word, weight in made[number].weights.items():
            if had:
                whole[word].append(posting | weight)
            if before.get(word) != weight:
                added[word].append(posting | weight)
    change = Change(added, removed, whole, changed | had.keys())
    return revise(lexicon, change, partial(_load, folder), language(portal.language))


def _words(tasks: Iterable[Task], made: Mapping[int, Found]) -> Iterator[IndexedWords]:
    return (IndexedWords(one.number, one.digest, made[one.number].weights) for one in tasks)


# What is read first.


def _head(portal: Portal, documents: int, lexicon: Lexicon) -> bytes:
    spoken = language(portal.language)
    synonyms: defaultdict[str, list[str]] = defaultdict(list)
    for other, keyword in sorted(portal.synonyms.items()):
        synonyms[keyword].append(other)
    return msgspec.json.encode({
        "version": VERSION,
        "documents": documents,
        "slots": SLOTS,
        "weights": postings.BITS,
        "whole": shards.WHOLE,
        "best": shards.BEST,
        "sections": ["", *_sections(portal)],
        "kinds": document.KINDS,
        "stopwords": sorted(spoken.stopwords),
        "pairs": spoken.pairs,
        "before": spoken.before,
        "verbs": spoken.verbs,
        "nouns": spoken.nouns,
        "endings": usual_endings(lexicon, spoken),
        "synonyms": [
            *([keyword, *others] for keyword, others in sorted(synonyms.items())),
            *spoken.abbreviations,
        ],
        "prefixes": lexicon.prefixes,
    })  # fmt: skip


def _names(site: Site) -> Iterator[tuple[str, str, str, int]]:
    """What is suggested by name."""
    portal = site.portal
    for section in portal.sections:
        address = permalinks.section(portal, section.id)
        yield section.name, "section", address, site.count(section=section.id)
    for keyword in site.keywords():
        yield keyword.name, "keyword", keyword.address, keyword.count
    for firm in site.directory.all:
        yield firm.title, "firm", firm.address, 1
    for page in site.all_standing:
        yield page.title, "page", page.address, 1

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
from generator.model.article import Article, Firm, Picture, StandingPage
from generator.publish.journal import Stage
from generator.publish.output import PreviousOutput, Written
from generator.search import document, postings, shards
from generator.search.document import Document
from generator.search.index import Change, Lexicon, revise, usual_endings
from generator.search.languages import Language, language
from generator.search.numbers import SLOTS, numbered
from generator.search.text import lines
from generator.site.index import Site

FOLDER: Final = "suchindex"
"""The folder of the output in which the index lies."""

VERSION: Final = 1
"""Of the files' format, which assets/js/search-index.js reads."""

GROUP: Final = 16
"""Documents of which the words are found for one message between processes."""

FEW: Final = 4 * GROUP
"""The words of so many documents are found sooner than other processes are started."""

BUDGET: Final = 60.0
"""Seconds for these."""


class Index(msgspec.Struct, frozen=True):
    """The last index: what it was made under, its words, and the digests of those of its files that
    belong to no single document, by target."""

    settings: bytes = b""
    lexicon: Lexicon = Lexicon()
    files: dict[str, bytes] = {}


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
    settings = _settings(site)
    last = store.get("search", Index)
    if last.settings != settings or not all(previous.holds(*file) for file in last.files.items()):
        last = Index(settings)
        store.forget_indexed()
    paths = {source.address: source.path for source in site.sources}
    tasks = [
        Task(number, one, digests.of_value((settings, one)), paths[one.address])
        for number, one in numbered(_documents(site), _sections(site)).items()
    ]
    known = store.indexed()
    texts = [_of_document(task.number) for task in tasks]
    made = _analysed(
        [
            task
            for task, target in zip(tasks, texts, strict=True)
            if known.get(task.number) != task.digest or not previous.holds(target, task.digest)
        ],
        partial(_analyse, site.portal.language, store.texts, previous.folder.stage),
        site.portal,
        options,
    )
    staged = {one.written.target: one.written for one in made.values()}
    change = _change(tasks, made, known, store)
    revised = revise(
        last.lexicon, change, partial(_shard, previous), language(site.portal.language)
    )
    contents = {_of_shard(name): data for name, data in revised.shards.items()}
    contents |= {_ALL: _all(tasks)} | _heads(site, len(tasks), revised.lexicon)
    there = {_of_shard(shards.name(prefix)) for prefix in revised.lexicon.prefixes}
    kept = {target: digest for target, digest in last.files.items() if target in there}
    files = kept | {target: digests.of_bytes(data) for target, data in contents.items()}
    for target, data in contents.items():
        if not previous.holds(target, files[target]):
            staged[target] = previous.folder.stage.write(target, data, files[target])
    store.put("search", Index(settings, revised.lexicon, files))
    return Indexed([*texts, *sorted(there), _ALL, *_HEADS], staged)


_ALL: Final = f"{FOLDER}/all.bin"
_HEADS: Final = (f"{FOLDER}/names.json", f"{FOLDER}/index.json")


def _of_document(number: int) -> str:
    return f"{FOLDER}/t/{number}.json"


def _of_shard(name: str) -> str:
    return f"{FOLDER}/w/{name}.bin"


def _all(tasks: Sequence[Task]) -> bytes:
    """The numbers of all documents, as postings."""
    return shards.varint(len(tasks)) + postings.encode(
        [task.number << postings.BITS for task in tasks]
    )


def _shard(previous: PreviousOutput, name: str) -> bytes:
    return (previous.folder.output / _of_shard(name)).read_bytes()


def _settings(site: Site) -> bytes:
    """The digest of what all of the index depends on."""
    return digests.of_value((fingerprint.generator(), site.portal.language, _sections(site)))


def _sections(site: Site) -> list[str]:
    return [section.id for section in site.portal.sections]


# What can be found.


def _documents(site: Site) -> Iterator[Document]:
    sections = {section.id: section.name for section in site.portal.sections}
    for source in site.sources:
        entry = site.entries[source.path]
        captions = tuple(
            one.image.caption if isinstance(one, Picture) else "" for one in entry.placeholders
        )
        yield _document(site.portal, sections, source, captions, entry.text)


def _document(
    portal: Portal,
    sections: Mapping[str, str],
    source: Article | StandingPage | Firm,
    captions: tuple[str, ...],
    text: bytes,
) -> Document:
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
            sections.get(section, ""),
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
        captions, text,
    )  # fmt: skip


# Words of documents.


def _analysed(
    tasks: Sequence[Task], analyse: "partial[list[Found]]", portal: Portal, options: Options
) -> dict[int, Found]:
    """What became of each task, by the document's number."""
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
        stage.write(_of_document(task.number), shown, task.digest),
    )


def _change(
    tasks: Iterable[Task], made: Mapping[int, Found], known: Mapping[int, bytes], store: Store
) -> Change:
    """What of the words of all documents is other than `known`; remembered is what they are now."""
    digest = {task.number: task.digest for task in tasks}
    gone = [number for number, before in known.items() if digest.get(number) != before]
    added: defaultdict[str, array[int]] = defaultdict(partial(array, "Q"))
    removed: defaultdict[str, set[int]] = defaultdict(set)
    had = dict(store.words_of(gone))
    store.forget_words(number for number in gone if number not in digest)
    for number, weights in had.items():
        after = made[number].weights if number in digest else {}
        for word, weight in weights.items():
            if after.get(word) != weight:
                removed[word].add(number)
    for number in sorted(made):
        if known.get(number) != digest[number]:
            before, posting = had.get(number, {}), number << postings.BITS
            for word, weight in made[number].weights.items():
                if before.get(word) != weight:
                    added[word].append(posting | weight)
    store.put_words(
        IndexedWords(number, digest[number], found.weights) for number, found in made.items()
    )
    return Change(added, removed)


# What is read first.


def _heads(site: Site, documents: int, lexicon: Lexicon) -> dict[str, bytes]:
    """The file that is read before all others, and that of what is suggested by name."""
    spoken = language(site.portal.language)
    synonyms: defaultdict[str, list[str]] = defaultdict(list)
    for other, keyword in sorted(site.portal.synonyms.items()):
        synonyms[keyword].append(other)
    head = {
        "version": VERSION,
        "documents": documents,
        "slots": SLOTS,
        "weights": postings.BITS,
        "sections": ["", *_sections(site)],
        "kinds": document.KINDS,
        "stopwords": sorted(spoken.stopwords),
        "pairs": spoken.pairs,
        "endings": usual_endings(lexicon, spoken),
        "synonyms": [[keyword, *others] for keyword, others in sorted(synonyms.items())],
        "prefixes": lexicon.prefixes,
    }
    names, index = _HEADS
    encode = msgspec.json.encode
    return {names: encode(list(_names(site))), index: encode(head)}


def _names(site: Site) -> Iterator[tuple[str, str, str, int]]:
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

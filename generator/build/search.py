"""The search index over all published articles, made anew only when what it tells changed."""

import re
from datetime import date
from typing import Final, NamedTuple

import msgspec
from markupsafe import escape

from generator.base import digests
from generator.base.report import Options
from generator.config import fingerprint
from generator.load.store import Store
from generator.model.article import Article, Body, Picture
from generator.model.entry import Entry
from generator.publish.output import PreviousOutput, Written
from generator.site.index import Site

FOLDER: Final = "pagefind"
"""The folder of the output in which the index lies, as Pagefind calls it."""

_LINK: Final = re.compile(r' href="\x02\d+\x03"')
_HOLE: Final = re.compile(r"\x02(\d+)\x03")
_EPOCH: Final = date(1970, 1, 1)


class Record(msgspec.Struct, frozen=True, array_like=True):
    """What the index tells of one article; `text` is the digest of its body.

    `keywords` are by all their names: whoever looks for "KI" wants "Künstliche Intelligenz".
    """

    address: str
    title: str
    kicker: str
    lead: str
    date: str
    section: str
    kind: str
    keywords: tuple[str, ...]
    authors: tuple[str, ...]
    captions: tuple[str, ...]
    text: bytes


class Index(msgspec.Struct, frozen=True):
    """The last index: the digest of what it was made from, and of each file by target."""

    digest: bytes = b""
    files: dict[str, bytes] = {}


class Indexed(NamedTuple):
    """The targets of the index, in the order of publishing, and those that lie in the stage."""

    targets: list[str]
    staged: dict[str, Written]


def indexed(site: Site, store: Store, previous: PreviousOutput, *, options: Options) -> Indexed:
    """The index of `site`, staged as far as it is not there already.

    PortalError: Pagefind fails.
    """
    if not site.portal.search.enabled or not site.all_articles:
        return Indexed([], {})
    records = [_record(site, site.entries[article.path]) for article in site.all_articles]
    digest = digests.of_value((fingerprint.generator(), site.portal.language, records))
    last = store.get("search", Index)
    if last.digest == digest and all(previous.holds(*file) for file in last.files.items()):
        return Indexed(list(last.files), {})
    files, staged = _made(records, site.portal.language, store, previous, options)
    store.put("search", Index(digest, files))
    return Indexed(list(files), staged)


def _made(
    records: list[Record], language: str, store: Store, previous: PreviousOutput, options: Options
) -> tuple[dict[str, bytes], dict[str, Written]]:
    # Imported here: where nothing that can be found changed, Pagefind is not needed.
    from generator.build import pagefind

    made = pagefind.index(
        (
            pagefind.Document(record.address, document(record, store.texts(record.text)))
            for record in records
        ),
        language,
        lambda done: options.progress("search", done, len(records)),
    )
    contents = {f"{FOLDER}/{path}": data for path, data in made.items()}
    files = {target: digests.of_bytes(data) for target, data in contents.items()}
    staged = {
        target: previous.folder.stage.write(target, contents[target], digest)
        for target, digest in files.items()
        if not previous.holds(target, digest)
    }
    return files, staged


def _record(site: Site, entry: Entry) -> Record:
    article = entry.source
    assert isinstance(article, Article)  # noqa: S101 (for the type checker)
    synonyms = site.portal.synonyms.items()
    others = (other for other, keyword in synonyms if keyword in article.keywords)
    return Record(
        address=article.address,
        title=article.title,
        kicker=article.kicker,
        lead=article.lead,
        date=article.date.local.isoformat(timespec="minutes"),
        section=article.section,
        kind=article.kind,
        keywords=(*article.keywords, *others),
        authors=tuple(site.portal.authors.get(name, name) for name in article.authors),
        captions=tuple(
            one.image.caption if isinstance(one, Picture) else "" for one in entry.placeholders
        ),
        text=entry.text,
    )


def document(record: Record, body: Body) -> str:
    """An article as Pagefind reads it: what is shown of it, what it is filtered and sorted by.

    The day is a plain number, which nobody searches for: a year as a word would be found.
    """
    day = (date.fromisoformat(record.date[:10]) - _EPOCH).days
    told = [
        ("meta", "title", record.title),
        ("meta", "kicker", record.kicker),
        ("meta", "authors", ", ".join(record.authors)),
        ("meta", "keywords", ", ".join(record.keywords)),
        ("meta", "day", str(day)),
        ("filter", "section", record.section),
        ("filter", "year", record.date[:4]),
        ("filter", "kind", record.kind),
        ("sort", "date", record.date),
    ]
    head = "".join(
        f'<meta data-pagefind-{use}="{name}[content]" content="{escape(value)}">'
        for use, name, value in told
        if value
    )
    return (
        f"<html><head>{head}</head><body><main data-pagefind-body>"
        f'<p data-pagefind-weight="2">{escape(record.lead)}</p>{_text(body.html, record.captions)}'
        "</main></body></html>"
    )


def _text(html: str, captions: tuple[str, ...]) -> str:
    """A body without what is filled in later, but with the captions of its pictures."""

    def caption(placeholder: re.Match[str]) -> str:
        return f"<p>{escape(captions[int(placeholder[1])])}</p>"

    return _HOLE.sub(caption, _LINK.sub("", html))

"""PDFs of articles: a document and a layout in Typst become bytes, the same on every machine.

The layout gets the article as JSON and decides how it looks; nothing here does.  What it cannot set
makes the PDF plainer, in a ladder of forms, and is said; there is always a PDF:

1. as the layout wants, what is beyond a limit plain;
2. the elements plain that the layout, or Typst, refuses;
3. the whole text as plain paragraphs, in the layout;
4. all words of the article without the layout.

No form depends on a clock, so the same document always takes the same one.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final, Literal, NamedTuple

import msgspec

from generator.base import digests
from generator.base.problems import PortalError, Problem, problem
from generator.media.pdf import indents, letters, plain, tree
from generator.media.pdf.document import Document, Node, Nodes, PictureFile, Sheet, elements
from generator.media.pdf.plain import LEAD_PICTURE
from generator.media.pdf.press import FONTS, MAIN, Press, RefusedError, Said, layout_digest
from generator.media.pdf.sample import SAMPLE
from generator.model.headlines import introduced

__all__ = ["FONTS", "MAIN", "Document", "Made", "PictureFile", "digest", "layout_digest", "make"]

CELLS: Final = 4_000
"""A table with more cells is set as rows of words: a layout measures each of them several times."""

TABLES: Final = 2
"""So many tables may stand in each other: each measures all within it several times."""

ELEMENTS: Final = 50_000
"""A text of more elements is set as plain paragraphs."""

BYTES: Final = 10_000_000
"""A larger picture is left out: a drawing of this size takes minutes."""

_IGNORED: Final = "was ignored"
"""So ends what Typst says where it leaves out what stands in the wrong place, and goes on."""

_NAMED: Final = 20
"""So many characters that no font has are named; one letter of a script stands for the others."""

_EXCERPT: Final = 40
"""So many letters of an element say which one is meant."""


class Made(NamedTuple):
    """A PDF, and what had to be put right on the way: warnings, at the source or the layout."""

    pdf: bytes
    problems: tuple[Problem, ...]


def digest(document: Document, layout: bytes) -> bytes:
    """The name of a document's PDF: while it is the same, `make` would make the same bytes.

    `layout` is the `layout_digest`.  Where files lie does not matter, only what they hold.
    """
    pictures = tuple((picture.name, picture.digest) for picture in document.pictures)
    bare = msgspec.structs.replace(document, pictures=())
    return digests.of_value((layout, pictures, bare))


def make(document: Document, folder: Path, *, lost: Literal["", "slow", "died"] = "") -> Made:
    """The PDF of `document` by the layout in `folder`; it depends on nothing else.

    `lost` is what became of an earlier try, if there was one: then the layout is not tried again.
    Typst keeps threads, so a process that has called this must not fork: in a forked one it would
    wait for ever.  Call it in workers only.
    PortalError: the layout fails for every article; the problem names its file and line.
    """
    sheet, problems = tree.sheet(document)
    pictures = tuple(picture.path for picture in document.pictures)
    press = Press(folder, pictures, document.published)
    if lost:
        about = document.about("pdf-lost-slow" if lost == "slow" else "pdf-lost-died")
        made = Made(_last(press, sheet), (about,))
    else:
        made = _Ladder(document, folder, press).climb_down(sheet)
    found = [*problems, *made.problems]
    if press.lacking:
        several = sorted(press.lacking)
        shown = " ".join(map(letters.printable, several[:_NAMED]))
        shown += " …" if len(several) > _NAMED else ""
        found.append(document.about("pdf-character", characters=shown, shown=press.shown))
    return Made(made.pdf, tuple(dict.fromkeys(found)))


def try_layout(folder: Path) -> None:
    """Lets a layout set a plain article.  PortalError: it cannot."""
    if found := _of_sample(folder).fault:
        raise PortalError((found,))


class _Sampled(NamedTuple):
    """What became of a plain article: why it is refused, else what is doubtful."""

    fault: Problem | None
    doubtful: frozenset[Said]


def _of_sample(folder: Path) -> _Sampled:
    return _sampled(folder, layout_digest(folder))


@cache
def _sampled(folder: Path, _digest: bytes) -> _Sampled:
    sheet, _ = tree.sheet(SAMPLE)
    try:
        _, doubtful = Press(folder, (), SAMPLE.published).print(sheet)
    except RefusedError as error:
        return _Sampled(_at_layout("pdf-layout", error.said, address=SAMPLE.address), frozenset())
    return _Sampled(None, frozenset(doubtful))


def _at_layout(name: str, said: Said, **values: object) -> Problem:
    return problem(name, said.path, said.line, said.column, reason=said.reason, **values)


class _Ladder:
    """The forms of one document, and what is said of each."""

    def __init__(self, document: Document, folder: Path, press: Press) -> None:
        self._document = document
        self._folder = folder
        self._press = press

    def climb_down(self, sheet: Sheet) -> Made:
        """The PDF in the first form that there can be.  PortalError: the layout is to blame."""
        size = sum(1 for _ in elements(sheet.body))
        if size > ELEMENTS:
            about = self._document.about("pdf-text-large", elements=size, limit=ELEMENTS)
            return self._as_paragraphs(sheet, (about,))
        limited = self._limited(sheet)
        wanted = plain.with_plain(sheet, limited) if limited else sheet
        try:
            return self._set(wanted, tuple(limited.values()))
        except RefusedError as error:
            self._blame_layout()
            refused = self._refused_pictures(sheet)
            return self._partly_plain(sheet, limited | refused, error.said.reason)

    def _blame_layout(self) -> None:
        """PortalError: the layout cannot set a plain article either."""
        if found := _of_sample(self._folder).fault:
            # The article's own address: this is where somebody will look.
            raise PortalError((_for(found, self._document.address),))

    def _set(self, sheet: Sheet, problems: tuple[Problem, ...]) -> Made:
        """RefusedError: Typst refuses it, or leaves out something that it does not leave out of a
        plain article."""
        pdf, doubtful = self._press.print(sheet)
        lost = [said for said in doubtful if said.reason.endswith(_IGNORED)]
        if lost and not _of_sample(self._folder).doubtful.issuperset(lost):
            raise RefusedError(lost[0])
        said = tuple(_at_layout("pdf-layout-doubtful", each) for each in doubtful)
        return Made(pdf, (*problems, *said))

    def _partly_plain(self, sheet: Sheet, limited: dict[int, Problem], reason: str) -> Made:
        def refusal(tried: Sheet) -> str:
            try:
                self._set(tried, ())
            except RefusedError as error:
                return error.said.reason
            return ""

        found = plain.culprits(sheet, limited, reason, refusal)
        if found is not None:
            about = {number: self._plain(sheet, number, why) for number, why in found.items()}
            problems = tuple((limited | about)[number] for number in sorted(limited | about))
            return self._set(plain.with_plain(sheet, {*limited, *found}), problems)
        about_all = self._document.about("pdf-paragraphs", reason=reason)
        return self._as_paragraphs(sheet, (about_all,))

    def _as_paragraphs(self, sheet: Sheet, problems: tuple[Problem, ...]) -> Made:
        try:
            return self._set(plain.all_plain(sheet), problems)
        except RefusedError as error:
            self._blame_layout()
            about = self._document.about("pdf-without-layout", reason=error.said.reason)
            return Made(_last(self._press, sheet), (about,))

    def _refused_pictures(self, sheet: Sheet) -> dict[int, Problem]:
        """The pictures that Typst cannot set anywhere, by number: no need to search for them."""
        found: dict[int, Problem] = {}
        for file in range(len(self._document.pictures)):
            try:
                self._press.try_picture(file)
            except RefusedError as error:
                name, reason = self._document.pictures[file].name, error.said.reason
                about = self._document.about("pdf-picture-refused", file=name, reason=reason)
                found |= dict.fromkeys(_places(sheet, file), about)
        return found

    def _limited(self, sheet: Sheet) -> dict[int, Problem]:
        """What is beyond a limit, by number."""
        found: dict[int, Problem] = {}
        about = self._document.about
        for file, picture in enumerate(self._document.pictures):
            if (size := _size(Path(picture.path))) > BYTES:
                megabytes = {"size": f"{size / 1e6:.1f}", "limit": f"{BYTES / 1e6:g}"}
                large = about("pdf-picture-large", file=picture.name, **megabytes)
                found |= dict.fromkeys(_places(sheet, file), large)
        deep = set(map(id, indents.too_deep(sheet.body)))
        nested = set(map(id, _nested_tables(sheet.body)))
        for number, node in enumerate(elements(sheet.body)):
            cells = len(node.children) if node.tag == "table" else 0
            if cells > CELLS:
                text = _excerpt(node)
                found[number] = about("pdf-table-large", text=text, cells=cells, limit=CELLS)
            elif id(node) in nested:
                found[number] = about("pdf-table-nested", text=_excerpt(node))
            elif id(node) in deep:
                found[number] = about("pdf-indented", tag=node.tag, text=_excerpt(node))
        return found

    def _plain(self, sheet: Sheet, number: int, reason: str) -> Problem:
        """What is said of an element that the layout cannot set."""
        about, pictures = self._document.about, self._document.pictures
        if number == LEAD_PICTURE:
            file = pictures[sheet.picture.file].name if sheet.picture else ""
            return about("pdf-picture-refused", file=file, reason=reason)
        node = next(node for place, node in enumerate(elements(sheet.body)) if place == number)
        if node.tag == "img":
            file = pictures[int(node.attrs["file"])].name
            return about("pdf-picture-refused", file=file, reason=reason)
        return about("pdf-plainer", tag=node.tag, text=_excerpt(node), reason=reason)


def _size(file: Path) -> int:
    """The bytes of a file; 0 where it is gone, which Typst will say."""
    try:
        return file.stat().st_size
    except OSError:
        return 0


def _places(sheet: Sheet, file: int) -> Iterator[int]:
    """The numbers under which a picture stands in a sheet."""
    if sheet.picture and sheet.picture.file == file:
        yield LEAD_PICTURE
    for number, node in enumerate(elements(sheet.body)):
        if node.tag == "img" and node.attrs["file"] == file:
            yield number


def _for(found: Problem, address: str) -> Problem:
    """A layout's mistake, with the address of the article that it showed in."""
    values = tuple((name, address if name == "address" else value) for name, value in found.values)
    return msgspec.structs.replace(found, values=values)


def _nested_tables(nodes: Nodes, around: int = 0) -> Iterator[Node]:
    """The tables that stand in too many others."""
    for node in nodes:
        if isinstance(node, Node):
            is_table = node.tag == "table"
            if is_table and around >= TABLES:
                yield node
            yield from _nested_tables(node.children, around + is_table)


def _excerpt(node: Node) -> str:
    """The first words of an element."""
    text = plain.words((node,))
    if len(text) <= _EXCERPT:
        return text
    return text[:_EXCERPT].rpartition(" ")[0] or text[:_EXCERPT]


# The last form.


def _last(press: Press, sheet: Sheet) -> bytes:
    """All words of a sheet as plain paragraphs, without the portal's layout."""
    words = plain.all_plain(sheet)
    try:
        return press.print_last(words, _encoded_plainly)
    except RefusedError:  # No text is known that would be, but then there shall be a PDF, too.
        return press.print_last(letters.latin(words), _encoded_plainly)


def _encoded_plainly(sheet: Sheet) -> bytes:
    title = ": ".join(filter(None, (_label(sheet), introduced(sheet.kicker, sheet.title))))
    value = {
        "title": title.strip() or sheet.address,
        "language": sheet.language,
        "authors": sheet.authors,
        "keywords": sheet.keywords,
        "mark": _label(sheet),
        "lines": [("title", [("", title)]), *(("p", line) for line in _all_lines(sheet))],
    }
    return msgspec.json.encode(value)


def _label(sheet: Sheet) -> str:
    return sheet.label if sheet.kind == "sponsored" else ""


def _all_lines(sheet: Sheet) -> list[list[tuple[str, str]]]:
    """The lines of the last form in their order; each of pieces, and how these are set."""
    head = (
        "" if sheet.kind == "sponsored" else sheet.label,
        sheet.lead,
        ", ".join(sheet.authors),
        sheet.date,
        sheet.updated and f"Aktualisiert: {sheet.updated}",
    )
    body = [_pieces(node.children) for node in sheet.body if isinstance(node, Node)]
    foot = (
        *(f"Korrektur, {day}: {what}" for day, what in sheet.corrections),
        *(f"Quelle: {': '.join(filter(None, (each.name, each.url)))}" for each in sheet.sources),
        sheet.keywords and f"Stichwörter: {', '.join(sheet.keywords)}",
        " · ".join(filter(None, (sheet.portal, sheet.section))),
        sheet.publisher and f"© {sheet.publisher}",
        sheet.address,
    )
    first = ([("", str(line))] for line in head if line)
    return [*first, *body, *([("", str(line))] for line in foot if line)]


def _pieces(nodes: Nodes) -> list[tuple[str, str]]:
    return [
        ("", node) if isinstance(node, str) else (node.tag, plain.words((node,))) for node in nodes
    ]

"""PDFs of articles: a document and a layout in Typst become bytes, the same on every machine.

The layout gets the article as JSON and decides how it looks; nothing here does.  What it cannot set
makes the PDF plainer, in a ladder of forms, and is said; there is always a PDF:

1. as the layout wants, what is beyond a limit plain;
2. the elements plain that the layout, or Typst, refuses;
3. the whole text as plain paragraphs, in the layout;
4. all words of the article without the layout.

No form depends on a clock, so the same document always takes the same one.
"""

from functools import cache
from pathlib import Path
from typing import Final, Literal, NamedTuple

import msgspec

from generator import digests, pdf_letters, pdf_plain, pdf_tree
from generator.pdf_document import Document, Node, Nodes, PictureFile, Sheet, elements
from generator.pdf_plain import LEAD_PICTURE
from generator.pdf_sample import SAMPLE
from generator.pdf_typst import FONTS, MAIN, Press, RefusedError, Said, layout_digest
from generator.problems import PortalError, Problem, problem

__all__ = ["FONTS", "MAIN", "Document", "Made", "PictureFile", "digest", "layout_digest", "make"]

CELLS: Final = 4_000
"""A table with more cells is set as rows of words: a layout measures each of them several times."""

ELEMENTS: Final = 50_000
"""A text of more elements is set as plain paragraphs."""

BYTES: Final = 10_000_000
"""A larger picture is left out: a drawing of this size takes minutes."""

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
    sheet, problems = pdf_tree.sheet(document)
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
        shown = " ".join(map(pdf_letters.printable, several[:_NAMED]))
        shown += " …" if len(several) > _NAMED else ""
        found.append(document.about("pdf-character", characters=shown, shown=press.shown))
    return Made(made.pdf, tuple(dict.fromkeys(found)))


def fault(folder: Path) -> Problem | None:
    """What is wrong with a layout that cannot set a plain article; None if it can."""
    return _fault(folder, layout_digest(folder))


@cache
def _fault(folder: Path, _digest: bytes) -> Problem | None:
    sheet, _ = pdf_tree.sheet(SAMPLE)
    try:
        Press(folder, (), SAMPLE.published).print(sheet)
    except RefusedError as error:
        return _at_layout("pdf-layout", error.said, address=SAMPLE.address)
    return None


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
        wanted = pdf_plain.with_plain(sheet, limited) if limited else sheet
        try:
            return self._set(wanted, tuple(limited.values()))
        except RefusedError as error:
            if found := fault(self._folder):
                # The article's own address: this is where somebody will look.
                raise PortalError((_for(found, self._document.address),)) from error
            return self._partly_plain(sheet, limited, error.said.reason)

    def _set(self, sheet: Sheet, problems: tuple[Problem, ...]) -> Made:
        pdf, doubtful = self._press.print(sheet)
        said = tuple(_at_layout("pdf-layout-doubtful", each) for each in doubtful)
        return Made(pdf, (*problems, *said))

    def _partly_plain(self, sheet: Sheet, limited: dict[int, Problem], reason: str) -> Made:
        def refusal(tried: Sheet) -> str:
            try:
                self._press.print(tried)
            except RefusedError as error:
                return error.said.reason
            return ""

        found = pdf_plain.culprits(sheet, limited, reason, refusal)
        if found:
            about = {number: self._plain(sheet, number, why) for number, why in found.items()}
            problems = tuple((limited | about)[number] for number in sorted(limited | about))
            return self._set(pdf_plain.with_plain(sheet, {*limited, *found}), problems)
        about_all = self._document.about("pdf-paragraphs", reason=reason)
        return self._as_paragraphs(sheet, (about_all,))

    def _as_paragraphs(self, sheet: Sheet, problems: tuple[Problem, ...]) -> Made:
        try:
            return self._set(pdf_plain.all_plain(sheet), problems)
        except RefusedError as error:
            if found := fault(self._folder):
                raise PortalError((_for(found, self._document.address),)) from error
            about = self._document.about("pdf-without-layout", reason=error.said.reason)
            return Made(_last(self._press, sheet), (about,))

    def _limited(self, sheet: Sheet) -> dict[int, Problem]:
        """What is beyond a limit, by number."""
        found: dict[int, Problem] = {}
        too_large = {
            number: size
            for number, picture in enumerate(self._document.pictures)
            if (size := Path(picture.path).stat().st_size) > BYTES
        }
        if sheet.picture and sheet.picture.file in too_large:
            found[LEAD_PICTURE] = self._picture_large(sheet.picture.file, too_large)
        for number, node in enumerate(elements(sheet.body)):
            if node.tag == "table" and (cells := len(node.children)) > CELLS:
                about = self._document.about
                found[number] = about(
                    "pdf-table-large", text=_excerpt(node), cells=cells, limit=CELLS
                )
            elif node.tag == "img" and node.attrs["file"] in too_large:
                found[number] = self._picture_large(int(node.attrs["file"]), too_large)
        return found

    def _picture_large(self, number: int, sizes: dict[int, int]) -> Problem:
        megabytes = {"size": f"{sizes[number] / 1e6:.1f}", "limit": f"{BYTES / 1e6:g}"}
        name = self._document.pictures[number].name
        return self._document.about("pdf-picture-large", file=name, **megabytes)

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


def _for(found: Problem, address: str) -> Problem:
    """A layout's mistake, with the address of the article that it showed in."""
    values = tuple((name, address if name == "address" else value) for name, value in found.values)
    return msgspec.structs.replace(found, values=values)


def _excerpt(node: Node) -> str:
    """The first words of an element."""
    text = pdf_plain.words((node,))
    if len(text) <= _EXCERPT:
        return text
    return text[:_EXCERPT].rpartition(" ")[0] or text[:_EXCERPT]


# The last form.


def _last(press: Press, sheet: Sheet) -> bytes:
    """All words of a sheet as plain paragraphs, without the portal's layout."""
    plain = pdf_plain.all_plain(sheet)
    try:
        return press.print_last(plain, _encoded_plainly)
    except RefusedError:  # No text is known that would be, but then there shall be a PDF, too.
        return press.print_last(pdf_letters.latin(plain), _encoded_plainly)


def _encoded_plainly(sheet: Sheet) -> bytes:
    title = ": ".join(part for part in (_label(sheet), sheet.kicker, sheet.title) if part)
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
    plain = ([("", str(line))] for line in head if line)
    return [*plain, *body, *([("", str(line))] for line in foot if line)]


def _pieces(nodes: Nodes) -> list[tuple[str, str]]:
    return [
        ("", node) if isinstance(node, str) else (node.tag, pdf_plain.words((node,)))
        for node in nodes
    ]

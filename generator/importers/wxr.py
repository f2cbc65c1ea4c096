"""WordPress's export files (WXR 1.0 to 1.2), read item by item: no file is held as a whole."""

from collections import deque
from collections.abc import Iterator
from functools import partial
from html import unescape
from pathlib import Path
from typing import Final, NoReturn
from xml.parsers import expat

import msgspec

from generator.base.problems import PortalError, problem
from generator.importers.languages import in_language
from generator.model.addresses import slug

LONGEST: Final = 50_000_000
"""Characters of one text; an article has some thousands."""
MOST: Final = 300_000
"""Items of one export; the largest sites that are known have a third of that."""

_DEEPEST: Final = 50
"""Elements within elements; exports have seven."""
_CHUNK: Final = 1 << 16
_FORBIDDEN: Final = bytes({*range(0x20)} - {9, 10, 13})
"""Control characters that XML forbids and WordPress exports all the same, from pasted texts."""
_LEAVES: Final = {
    "post_id": "id", "post_date": "date", "post_date_gmt": "date_gmt",
    "post_modified": "modified", "post_modified_gmt": "modified_gmt", "post_name": "name",
    "status": "status", "post_parent": "parent", "post_type": "type", "creator": "creator",
    "title": "title", "link": "link", "pubDate": "published", "attachment_url": "attachment",
    "menu_order": "order", "content": "content", "excerpt": "excerpt",
}  # fmt: skip
"""The elements of an item that hold text, and what they are called here."""


class Comment(msgspec.Struct, frozen=True):
    """What a reader wrote; neither address nor number of the computer is read at all."""

    author: str
    date: str
    text: str
    approved: bool
    kind: str


class Term(msgspec.Struct, frozen=True):
    """A category, a keyword, or a menu."""

    domain: str
    name: str
    nicename: str
    parent: str = ""


class Post(msgspec.Struct, frozen=True):
    """An item of an export: article, page, attachment, entry of a menu; as it stands there."""

    line: int
    fields: dict[str, str]
    terms: tuple[Term, ...] = ()
    meta: dict[str, str] = {}
    comments: tuple[Comment, ...] = ()
    protected: bool = False

    def get(self, name: str) -> str:
        """A field's text, "" where it is missing."""
        return self.fields.get(name, "")

    @property
    def type(self) -> str:
        """What kind of item it is."""
        return self.get("type") or "post"


class Channel(msgspec.Struct, frozen=True):
    """What an export says of the website as a whole: its name, and its authors by their logins."""

    fields: dict[str, str]
    authors: dict[str, str]
    terms: tuple[Term, ...]


def is_export(path: Path) -> bool:
    """Whether a file looks like an export of WordPress."""
    with path.open("rb") as file:
        begin = file.read(4096).replace(b"\0", b"")  # of UTF-16
    return b"<rss" in begin and b"wordpress" in begin.lower()


def read(path: Path, *, texts: bool = True) -> Iterator[Post | Channel]:
    """The items of an export in their order, and the channel behind the last one.

    Without `texts`, texts and comments of articles are passed over.
    PortalError: the file is no such export, is cut off, or holds what no export does.
    """
    reader = _Reader(path, texts)
    with path.open("rb") as file:
        if sum(chunk.count(b"<item>") for chunk in iter(partial(file.read, 1 << 20), b"")) > MOST:
            reader.refuse("export-many", limit=MOST)  # before they are all in memory
        file.seek(0)
        wide = file.read(2) in (b"\xff\xfe", b"\xfe\xff")  # UTF-16 is full of noughts
        file.seek(0)
        begin = True
        while chunk := file.read(_CHUNK):
            chunk = chunk if wide else chunk.translate(None, _FORBIDDEN)
            reader.feed(chunk.lstrip() if begin else chunk)  # some plugins begin with empty lines
            begin = False
            while reader.found:
                yield reader.found.popleft()
    reader.feed(b"", last=True)
    yield from reader.found


class _Reader:
    """Follows the elements of one file; `found` holds what is complete."""

    def __init__(self, path: Path, texts: bool) -> None:
        self.found: deque[Post | Channel] = deque()
        self._path, self._texts = path, texts
        self._items = 0
        self._open: list[str] = []
        self._prefixes: dict[str, str] = {}
        self._text: list[str] = []
        self._length = 0
        self._channel: dict[str, str] = {}
        self._authors: dict[str, str] = {}
        self._terms: list[Term] = []
        self._attributes: dict[str, str] = {}
        self._part: dict[str, str] = {}
        self._begin()
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data
        parser.EntityDeclHandler = self._declares
        # So a name such as &nbsp; that nothing declares is told of and is no error.
        parser.UseForeignDTD(True)
        parser.ExternalEntityRefHandler = lambda *_: 1
        parser.SkippedEntityHandler = lambda name, _: self._data(unescape(f"&{name};"))
        self._parser = parser

    def feed(self, chunk: bytes, last: bool = False) -> None:
        try:
            self._parser.Parse(chunk, last)
        except expat.ExpatError as error:
            self.refuse("export-broken", error.lineno, reason=expat.ErrorString(error.code))
        except (LookupError, ValueError) as error:  # of an encoding that nobody knows
            self.refuse("export-broken", 1, reason=error)
        if last and not self._channel and not self._items:
            self.refuse("export-empty", 1)

    def refuse(self, name: str, line: int = 0, **values: object) -> NoReturn:
        raise PortalError((problem(name, str(self._path), line, 0, **values),))

    def _declares(self, name: str, *_: object) -> None:
        self.refuse("export-entities", self._parser.CurrentLineNumber, entity=name)

    def _begin(self) -> None:
        self._fields: dict[str, str] = {}
        self._item_terms: list[Term] = []
        self._meta: dict[str, str] = {}
        self._comments: list[Comment] = []
        self._protected = False
        self._line = 0

    def _start(self, written: str, attributes: dict[str, str]) -> None:
        for key, uri in attributes.items():
            if key.startswith("xmlns:"):
                self._prefixes[key[6:]] = uri
        prefix, _, name = written.rpartition(":")
        if name == "encoded":
            is_excerpt = "excerpt" in (prefix, *self._prefixes.get(prefix, "").split("/"))
            name = "excerpt" if is_excerpt else "content"
        self._open.append(name)
        if len(self._open) > _DEEPEST:
            self.refuse("export-broken", self._parser.CurrentLineNumber, reason="nested too deeply")
        self._text, self._length = [], 0
        if name == "item":
            self._begin()
            self._line = self._parser.CurrentLineNumber
        elif name == "category":
            self._attributes = attributes
        if name in ("postmeta", "comment", "author", "category", "tag", "term"):
            self._part = {}

    def _data(self, data: str) -> None:
        self._length += len(data)
        if self._length > LONGEST:
            self.refuse("export-huge", self._parser.CurrentLineNumber, limit=LONGEST)
        if self._texts or self._open[-1:] != ["comment_content"]:
            self._text.append(data)

    def _end(self, _written: str) -> None:
        name = self._open.pop()
        said = "".join(self._text)
        self._text, self._length = [], 0
        if "item" not in self._open and name != "item":
            self._of_channel(name, said.strip())
        elif name == "item":
            self._finish()
        elif self._open[-1] == "item":
            self._of_item(name, said)
        elif self._open[-1] in ("postmeta", "comment"):
            self._part[name] = said

    def _of_item(self, name: str, said: str) -> None:
        if name == "category":
            kept = {key.rpartition(":")[2]: value for key, value in self._attributes.items()}
            shown = self._in_language(said)
            term = Term(kept.get("domain", "category"), shown, kept.get("nicename") or slug(shown))
            known = {(each.domain, each.name) for each in self._item_terms}
            if shown and (term.domain, shown) not in known:
                self._item_terms.append(term)
        elif name == "postmeta":
            self._meta.setdefault(
                self._part.get("meta_key", "").strip(), self._part.get("meta_value", "")
            )
        elif name == "comment":
            if self._texts:
                self._comments.append(_comment(self._part))
        elif name == "post_password":
            self._protected = bool(said.strip())
        elif name in _LEAVES and (said.strip() or name not in self._fields):
            is_text = name in ("content", "excerpt")
            self._fields.setdefault(_LEAVES[name], said if is_text else said.strip())

    def _of_channel(self, name: str, said: str) -> None:
        parent = self._open[-1] if self._open else ""
        if name in ("author", "category", "tag", "term") and self._part:
            self._of_site(name)
        elif parent in ("author", "category", "tag", "term"):
            self._part[name] = said
        elif parent == "channel" and said:
            self._channel.setdefault(name, said)
        elif name == "channel":
            self.found.append(Channel(self._channel, self._authors, tuple(self._terms)))

    def _of_site(self, name: str) -> None:
        part = self._part
        if name == "author":
            login = part.get("author_login", "")
            names = (part.get("author_first_name", ""), part.get("author_last_name", ""))
            shown = part.get("author_display_name") or " ".join(filter(None, names))
            self._authors.setdefault(login, shown or login)
            return
        domain = {"tag": "post_tag"}.get(name) or part.get("term_taxonomy") or "category"
        shown = self._in_language(
            part.get("cat_name") or part.get("tag_name") or part.get("term_name") or ""
        )
        nicename = (part.get("category_nicename") or part.get("tag_slug")
                    or part.get("term_slug") or "")  # fmt: skip
        parent = part.get("category_parent") or part.get("term_parent") or ""
        self._terms.append(Term(domain, shown or nicename, nicename or slug(shown), parent))

    def _in_language(self, said: str) -> str:
        """A name, in the language of the site where it stands in several."""
        return in_language(said, self._channel.get("language", "")[:2])[0].strip()

    def _finish(self) -> None:
        self._items += 1
        if self._items > MOST:
            self.refuse("export-many", self._line, limit=MOST)
        if not self._texts and self._fields.get("type") not in ("attachment", "wp_block"):
            self._fields.pop("content", None)
        self.found.append(
            Post(
                self._line, self._fields, tuple(self._item_terms), self._meta,
                tuple(self._comments), self._protected,
            )
        )  # fmt: skip
        self._begin()


def _comment(part: dict[str, str]) -> Comment:
    return Comment(
        part.get("comment_author", "").strip(),
        part.get("comment_date_gmt", "").strip() or part.get("comment_date", "").strip(),
        part.get("comment_content", "").strip(),
        part.get("comment_approved", "1").strip() == "1",
        part.get("comment_type", "").strip(),
    )

"""The header of a source: from bytes to text values that know their lines.

A handler of python-frontmatter splits a source into header and text, libyaml turns the header into
a stream of events, and one walk along it checks and builds.  Values stay text: what `10:00`, `no`
or `01067` mean is for the schema to say, which knows the field.  The handler is asked directly:
`frontmatter.parse` would remove the text's first indent, and take a broken header for text.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, TypeAlias

import msgspec
import yaml
from frontmatter.default_handlers import YAMLHandler

from generator.base.problems import PortalError, Problem, problem
from generator.front_matter.yaml_mistakes import (
    DEPTH,
    TooDeep,
    events,
    explain,
    quoted_line,
    quoted_parts,
    spaced_line,
    value_end,
)

FILE_LENGTH: Final = 2_000_000
"""Bytes of the largest source; ten times what the longest article has."""

HEADER_LENGTH: Final = 65536
"""Characters of the longest header; a hundred times what an article has."""

REPAIRS: Final = 20
"""So many mistakes of form are told of one header, then YAML has to be given up."""

SHOWN: Final = 400
"""Characters of a line that a message shows."""


class Scalar(msgspec.Struct, frozen=True):
    """A single value as text; "" where nothing stands; `line` and `column` from 1."""

    text: str
    line: int
    column: int


class Written(msgspec.Struct, frozen=True):
    """How a list or map that stands in one line is written: `text` from its column to `end`."""

    text: str
    end: int


class Items(msgspec.Struct, frozen=True):
    """A list; `written` where it stands in one line."""

    items: "tuple[Node, ...]"
    line: int
    column: int
    written: Written | None = None


class Fields(msgspec.Struct, frozen=True):
    """A map: keys, each with its place, and their values; `written` where it is in one line."""

    entries: "tuple[tuple[Scalar, Node], ...]"
    line: int
    column: int
    written: Written | None = None


Node: TypeAlias = Scalar | Items | Fields


class FrontMatter(msgspec.Struct, frozen=True):
    """A source, split: `header` is None where it cannot be read, then `problems` says why.

    `text` is what follows the header, from the line `first_line` of the file on, its first indent
    kept; all of it in NFC, with `\\n` at the ends of lines.
    """

    header: Fields | None
    text: str
    first_line: int
    problems: tuple[Problem, ...]


def problem_at(node: Node, name: str, **values: object) -> Problem:
    """The problem `name` at the place of a key or value."""
    return problem(name, "", node.line, node.column, **values)


def read(data: bytes) -> FrontMatter:
    """The header and the text of a source with the bytes `data`; never raises.

    Its problems have no path.
    """
    try:
        source = _decoded(data)
        problems: list[Problem] = []
        if _has_control_characters(data):
            problems.append(_control_character(source))
            source = _CONTROL.sub(" ", source)
        header, text, first_line, found = _split(source)
        fields, mistakes = _load(header)
    except PortalError as error:
        return FrontMatter(None, "", 1, error.problems)
    problems += [*found, *mistakes]
    return FrontMatter(fields, text, first_line, tuple(sorted(problems)))


_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff", b"-\x00", b"\x00-")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
"""What XML 1.0 (2.2) forbids, and C1 controls, which only a wrong conversion leaves behind."""
_C0_BYTES: Final = bytes((*range(9), 11, 12, *range(14, 32), 127))
_C1_BYTES: Final = re.compile(rb"\xc2[\x80-\x9f]")
"""The same as they are in UTF-8."""


def _decoded(data: bytes) -> str:
    """The text of a file, in NFC, with `\\n` at the ends of lines and no byte order mark."""
    if len(data) > FILE_LENGTH:
        raise PortalError((problem("source-huge", limit=FILE_LENGTH // 1_000_000),))
    if data.startswith(_UTF_16):
        raise PortalError((problem("file-utf-16", line=1),))
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise PortalError((_not_utf_8(data, error.start),)) from error
    if "\ufeff" in text:
        text = text.replace("\ufeff", "")
    if not text.strip():
        raise PortalError((problem("file-empty", line=1),))
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", text)


def _not_utf_8(data: bytes, start: int) -> Problem:
    before = data[:start].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    line = before.count(b"\n") + 1
    byte = f"{data[start]:02X}"
    try:
        data.decode("cp1252")
    except UnicodeDecodeError:
        return problem("file-not-utf-8", line=line, byte=byte)
    letter = data[start : start + 1].decode("cp1252")
    return problem("file-windows-1252", line=line, byte=byte, letter=letter)


def _has_control_characters(data: bytes) -> bool:
    """Whether the text of `data` has a character of `_CONTROL`.

    Nearly no file has one, so this is ten times as fast as looking for them in the text.
    """
    if len(data.translate(None, _C0_BYTES)) < len(data):
        return True
    if b"\xc2" in data and _C1_BYTES.search(data):
        return True
    return b"\xef" in data and (b"\xef\xbf\xbe" in data or b"\xef\xbf\xbf" in data)


def _control_character(text: str) -> Problem:
    """A problem at the first control character, which says how many there are."""
    found = [match.start() for match in _CONTROL.finditer(text)]
    before = text[: found[0]]
    return problem(
        "control-character",
        line=before.count("\n") + 1,
        column=found[0] - before.rfind("\n"),
        code=f"U+{ord(text[found[0]]):04X}",
        count=len(found),
    )


_FENCE: Final = re.compile(r"^---[ \t]*(?:\n|\Z)", re.MULTILINE)
"""As python-frontmatter's, but with exactly three hyphens, and no empty lines taken with them."""
_FENCES: Final = YAMLHandler(_FENCE)


_BLANK_LINES: Final = re.compile(r"(?:[^\S\n]*\n)*")
_LIKE_A_FENCE: Final = re.compile(r"(?:[-\u2010-\u2015\u2212]+|\.{3}|[=_*~]{3,})\s*")
_LIKE_A_FIELD: Final = re.compile(r"[^\W\d][\w.-]*:(?:\s|$)")
_LIKE_A_HEADER: Final = re.compile(r"[^\W\d][\w.-]*:|\s+\S|-\s|#|\s*$")
_COMMENT: Final = re.compile("<!--.*?--!?>", re.DOTALL)
_HASH: Final = re.compile(r"[ \t]+#(?=[^\s#])")


def _split(source: str) -> tuple[str, str, int, list[Problem]]:
    """The header, the text, the text's first line, and what is wrong with the fences.

    The header begins with as many empty lines as there are lines above it in the file, so that
    YAML counts as an editor does.  PortalError: there is no header, or it is too long.
    """
    blank = _BLANK_LINES.match(source)
    begin = blank.end() if blank else 0
    above = source.count("\n", 0, begin) + 1
    source = source[begin:]
    problems: list[Problem] = []
    if not (_FENCES.detect(source) and _FENCE.search(source, len("---"))):
        source, problems = _with_fences(source, above)
    header, text = _FENCES.split(source)
    if len(header) > HEADER_LENGTH:
        raise PortalError((problem("header-too-long", line=above, limit=HEADER_LENGTH),))
    first_line = above + header.count("\n") + 2
    # YAML would count these two as ends of lines, and no editor does.
    header = header.replace("\u2028", " ").replace("\u2029", " ")
    return "\n" * above + header, text, first_line, problems


def _with_fences(source: str, first: int) -> tuple[str, list[Problem]]:
    """`source`, which begins in the line `first`, with both fences, and what had to be amended."""
    problems: list[Problem] = []
    lines = source.split("\n")
    if not _FENCES.detect(source):
        shown = _short(lines[0])
        if not _LIKE_A_FENCE.fullmatch(shown):
            raise PortalError((problem(_without_header(shown), line=first),))
        problems.append(problem("fence-opening", line=first, shown=shown))
        lines[0] = "---"
    if not any(_FENCES.detect(line) for line in lines[1:]):
        end = next((i for i, line in enumerate(lines) if i and _LIKE_A_FENCE.fullmatch(line)), 0)
        if end:
            problems.append(problem("fence-closing", line=first + end, shown=_short(lines[end])))
            lines[end] = "---"
        else:
            inside = (i for i, line in enumerate(lines) if i and not _LIKE_A_HEADER.match(line))
            end = next(inside, len(lines))
            while not lines[end - 1].strip():
                end -= 1
            problems.append(
                problem("fence-unclosed", line=first + end - 1, shown=_short(lines[end - 1]))
            )
            lines.insert(end, "---")
    return "\n".join(lines), problems


def _without_header(opening: str) -> str:
    """The name of the message for a source that begins with the line `opening`."""
    if opening.startswith("+++"):
        return "header-is-toml"
    return "fence-missing" if _LIKE_A_FIELD.match(opening) else "header-missing"


def _load(header: str) -> tuple[Fields | None, list[Problem]]:
    """The fields of a header, None where it cannot be read, and what is wrong with it.

    Where YAML gives up at a line whose mistake is known, the line is read as it should have been
    written, so that all mistakes come out at once.
    """
    problems: list[Problem] = []
    for _ in range(REPAIRS):
        try:
            fields, found = _walk(header)
        except yaml.YAMLError as error:
            mistake, repaired = _repaired(header, error)
            problems.append(mistake)
            if repaired is None:
                break
            header = repaired
        else:
            return fields, problems + found
    return None, problems


class _NotFields(yaml.YAMLError):
    """A header is YAML, but not a map of fields."""


def _repaired(header: str, error: yaml.YAMLError) -> tuple[Problem, str | None]:
    """What is wrong where YAML gave up, and the header as it was meant, None if nobody knows."""
    lines = header.split("\n")
    marks = (getattr(error, "problem_mark", None), getattr(error, "context_mark", None))
    where = [min(mark.line, len(lines) - 1) for mark in marks if mark]
    if isinstance(error, TooDeep):
        return problem("header-too-deep", line=where[0] + 1), None
    found = explain(lines, where, upward=where[0] if where else len(lines))
    if found is None or found.right == lines[found.at]:
        return _unexplained(lines, where, getattr(error, "problem", "")), None
    begin = _paragraph(lines, found.at)
    if found.name == "yaml-prose" and not lines[begin - 1].strip():
        shown = _short(lines[begin])
        return problem("header-text", line=begin + 1, shown=shown), "\n".join(lines[:begin])
    signs = enumerate(zip(lines[found.at], found.right, strict=False))
    same = next((at for at, (old, new) in signs if old != new), len(lines[found.at]))
    lines[found.at] = found.right
    right = shown_line(found.right)
    return problem(found.name, "", found.at + 1, same + 1, right=right), "\n".join(lines)


def _unexplained(lines: Sequence[str], where: Sequence[int], reason: str) -> Problem:
    """What can be said if no known mistake fits: the last line up to which YAML could read."""
    if not where:
        first = next((number for number, line in enumerate(lines, 1) if line.strip()), 1)
        return problem("header-not-fields", line=first)
    last = next((at for at in range(where[0], 0, -1) if lines[at].strip()), 0)
    return problem("yaml-unreadable", line=last + 1, shown=_short(lines[last]), reason=reason)


def _paragraph(lines: Sequence[str], index: int) -> int:
    """The first of the lines around `index` that do not look like those of a header."""
    while index and not _LIKE_A_HEADER.match(lines[index - 1]):
        index -= 1
    return index


def shown_line(line: str) -> str:
    """A line as a message shows it that says how to write it: with its indent."""
    line = line.rstrip()
    return line if len(line) <= SHOWN else line[: SHOWN - 1] + "…"


def _short(line: str) -> str:
    """A line as a message shows it that says what stands there."""
    return shown_line(line.strip())


def _walk(header: str) -> tuple[Fields, list[Problem]]:
    """The fields of a header and what is wrong with single values.

    YAMLError: the header is not YAML, is nested too deep, or is not a map.
    """
    walk = _Walk(header)
    open_nodes: list[tuple[yaml.CollectionStartEvent, list[Node]]] = []
    children: list[Node] = []
    last: yaml.Event | None = None
    """The last event that is more than the end of a list or map."""
    for event in events(header):
        if isinstance(event, yaml.ScalarEvent):
            children.append(walk.scalar(event))
        elif isinstance(event, yaml.AliasEvent):
            walk.check_sign(event)
            children.append(Scalar("", *_place(event)))
        elif isinstance(event, yaml.CollectionStartEvent):
            walk.check_sign(event)
            if len(open_nodes) == DEPTH:
                raise TooDeep(event)
            open_nodes.append((event, children))
            children = []
        elif isinstance(event, yaml.CollectionEndEvent):
            start, siblings = open_nodes.pop()
            end = _end(event) if start.flow_style or not last else _end(last)
            siblings.append(walk.collection(start, children, end))
            children = siblings
        begin, end_mark = event.start_mark, event.end_mark
        if begin and end_mark and begin.index != end_mark.index:
            last = event
    if not children:
        return Fields((), 1, 1), walk.problems
    if not isinstance(children[0], Fields):
        raise _NotFields
    return children[0], [*walk.problems, *walk.signs()]


def _place(event: yaml.Event) -> tuple[int, int]:
    """Line and column of an event, from 1."""
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (0, 0)


def _end(event: yaml.Event) -> tuple[int, int]:
    """Line and column behind an event, from 1."""
    mark = event.end_mark
    return (mark.line + 1, mark.column + 1) if mark else (0, 0)


class _Walk:
    """Turns events into nodes and collects what is wrong with them."""

    def __init__(self, header: str) -> None:
        self.problems: list[Problem] = []
        self._lines = header.split("\n")
        self._has_hash = "#" in header
        self._signs: dict[int, list[tuple[int, int]]] = {}

    def scalar(self, event: yaml.ScalarEvent) -> Scalar:
        """A single value as text."""
        self.check_sign(event)
        text: str = event.value
        if event.style == '"':
            text = self._unescaped(event)
        elif not event.style:
            if self._has_hash:
                self._check_hash(event)
            if text in ("~", "null"):
                text = ""
        if "<!--" in text:
            text = self._without_comments(text, event)
        return Scalar(text, *_place(event))

    def collection(
        self, start: yaml.CollectionStartEvent, children: list[Node], end: tuple[int, int]
    ) -> Node:
        """The list or map that began with the event `start` and ends before the place `end`."""
        line, column = _place(start)
        written = None
        if end[0] == line:
            text = self._lines[line - 1]
            stop = end[1] - 1 if start.flow_style else value_end(text, end[1] - 1)
            written = Written(text, stop)
        if isinstance(start, yaml.SequenceStartEvent):
            return Items(tuple(children), line, column, written)
        entries = zip(children[::2], children[1::2], strict=True)
        return Fields(tuple(self._unique(entries)), line, column, written)

    def check_sign(self, event: yaml.NodeEvent) -> None:
        """Anchors, aliases and tags are titles that nobody put into quotation marks."""
        if event.anchor is not None or getattr(event, "tag", None) is not None:
            (line, column), (last, end) = _place(event), _end(event)
            text = self._lines[line - 1]
            whole = last != line or isinstance(event, yaml.CollectionStartEvent)
            stop = value_end(text, column - 1) if whole else end - 1
            self._signs.setdefault(line, []).append((column - 1, stop))

    def signs(self) -> Iterator[Problem]:
        """What `check_sign` found: one problem for each line, with all of it put right."""
        for line, spans in self._signs.items():
            right = shown_line(quoted_parts(self._lines[line - 1], spans))
            yield problem("value-sign", "", line, spans[0][0] + 1, right=right)

    def _refuse(self, name: str, event: yaml.Event) -> None:
        line, column = _place(event)
        right = shown_line(quoted_line(self._lines[line - 1]))
        self.problems.append(problem(name, "", line, column, right=right))

    def _check_hash(self, event: yaml.ScalarEvent) -> None:
        """A `#` with a letter after it that cuts a value short was not meant as a comment."""
        end = event.end_mark
        if end and _HASH.match(self._lines[end.line], end.column):
            self._refuse("value-hash", event)

    def _without_comments(self, text: str, event: yaml.ScalarEvent) -> str:
        """`text` up to a comment that does not end, and without those that do.

        Layouts show a value as text, and every reader would read the comments in it.
        """
        kept, _, unended = _COMMENT.sub("", text).partition("<!--")
        nested = any("<!--" in found[0][4:] for found in _COMMENT.finditer(text)) and "-->" in kept
        if unended or nested:
            name = "value-comment-open" if unended else "value-comment-nested"
            self.problems.append(problem(name, "", *self._place_of_comment(event)))
        return kept

    def _place_of_comment(self, event: yaml.ScalarEvent) -> tuple[int, int]:
        """The last `<!--` of a value."""
        (first, begin), (last, end) = _place(event), _end(event)
        # What ends in front of a line does not stand in it.
        for line in range(last - (end == 1), first - 1, -1):
            column = self._lines[line - 1].rfind("<!--") + 1
            if column >= (begin if line == first else 1):
                return line, column
        return first, begin

    def _unescaped(self, event: yaml.ScalarEvent) -> str:
        """The text of a value in double quotes, in which escapes may have brought in anything."""
        text: str = unicodedata.normalize("NFC", event.value)
        if not text.isprintable() and (found := _CONTROL.search(text)):
            line, column = _place(event)
            code = f"U+{ord(found[0]):04X}"
            self.problems.append(problem("value-control", line=line, column=column, code=code))
            return _CONTROL.sub(" ", text)
        return text

    def _unique(self, entries: Iterable[tuple[Node, Node]]) -> Iterator[tuple[Scalar, Node]]:
        """The entries whose key is text and stands there for the first time."""
        first: dict[str, int] = {}
        for key, value in entries:
            if not isinstance(key, Scalar):
                self.problems.append(problem_at(key, "key-not-text"))
            elif not key.text and self._lines[key.line - 1].startswith("<!--", key.column - 1):
                continue  # told by now
            elif ":" in key.text and (found := spaced_line(self._lines[key.line - 1])):
                name, right = found
                self.problems.append(problem_at(key, name, right=shown_line(right)))
            elif (name := key.text.casefold()) in first:
                twice = problem_at(key, "key-twice", key=key.text, other=first[name])
                self.problems.append(twice)
            else:
                first[name] = key.line
                yield key, value

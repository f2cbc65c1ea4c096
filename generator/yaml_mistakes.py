"""What an editor meant by a line of front matter that YAML cannot read.

YAML says where it gave up, which is often a line too late, and in words for programmers.  Here the
lines around that place are compared with the mistakes that editors make, and the first that fits
is told together with the line as it should be written.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import Final, NamedTuple, TypeAlias

import yaml

LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml, ten times faster than PyYAML's own reader and the same in what it accepts here."""

DEPTH: Final = 8
"""More levels than any front matter needs; thousands of them are an attack on the reader."""


class Repair(NamedTuple):
    """The message `name` fits the line `at`, from 0, which should be written as `right`."""

    at: int
    name: str
    right: str


class TooDeep(yaml.YAMLError):
    """Lists or maps are nested deeper than `DEPTH`; `problem_mark` is where."""

    def __init__(self, event: yaml.Event) -> None:
        super().__init__()
        self.problem_mark = event.start_mark


def events(text: str) -> Iterable[yaml.Event]:
    """The events of a YAML text, one by one, so that a bomb is left before it goes off.

    YAMLError: the text is not YAML.  TooDeep: it is nested too deep.
    """
    depth = 0
    for event in yaml.parse(text, Loader=LOADER):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEPTH:
                raise TooDeep(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        yield event


def explain(lines: Sequence[str], where: Iterable[int], *, upward: int) -> Repair | None:
    """The first known mistake in the lines `where`, from 0, or in one above `upward`; or None.

    `where` is where YAML gave up; above it only what is wrong in a line by itself counts.
    """
    near = ((index, _KNOWN) for index in where)
    above = ((index, _KNOWN_BY_THEMSELVES) for index in range(upward - 1, -1, -1))
    for index, known in chain(near, above):
        if lines[index].strip():
            before = next((line for line in reversed(lines[:index]) if line.strip()), "")
            for recognise in known:
                if found := recognise(lines[index], before):
                    return Repair(index, *found)
    return None


def quoted_line(line: str) -> str:
    """`line` with its value in quotation marks: `title: a: b` → `title: "a: b"`."""
    match = _PAIR.fullmatch(line) or _ITEM.fullmatch(line)
    return match["start"] + _quoted(match["value"]) if match else _quoted(line.strip())


def spaced_line(line: str) -> tuple[str, str] | None:
    """`line` with a space after its first colon, and the message that says so; None if it has one.

    YAML reads `title:Der Rat: neu` without a murmur, but as the key "title:Der Rat".
    """
    match = _NO_SPACE.fullmatch(line)
    if not match or match["value"].startswith("//"):
        return None
    name = "yaml-odd-space" if match["space"] else "yaml-no-space"
    return name, f"{match['key']}: {_as_value(match['value'])}"


_Found: TypeAlias = tuple[str, str] | None
_NAME: Final = r"[^\W\d][\w.-]*"
_PAIR: Final = re.compile(rf"(?P<start>\s*(?:- +)?(?P<key>{_NAME}):[ \t]+)(?P<value>\S.*)")
_ITEM: Final = re.compile(r"(?P<start>\s*- +)(?P<value>\S.*)")
_NO_SPACE: Final = re.compile(rf"(?P<key>\s*(?:- +)?{_NAME}):(?P<space>[^\S \t]*)(?P<value>\S.*)")
_LIST_NO_SPACE: Final = re.compile(r"(?P<start>\s*)(?:-[^\S ]*|[•–]\s*)(?P<value>[^\s-].*)")
_INDENTED: Final = re.compile(rf"\s+({_NAME}:( .*)?)")
_WHOLE_QUOTES: Final = re.compile(r"""("(?:[^"\\]|\\.)*"|'(?:[^']|'')*')\s*(#.*)?""")
_SPECIAL: Final = frozenset("[]{}\"'@%|>*&!,`?-:")


def _tab(line: str, before: str) -> _Found:
    indent = line[: len(line) - len(line.lstrip())]
    if "\t" not in indent:
        return None
    belongs = line.lstrip().startswith("-") or before.rstrip().endswith(":")
    return "yaml-tab", ("  " if belongs else "") + line.lstrip()


def _no_space_after_colon(line: str, _before: str) -> _Found:
    return spaced_line(line)


def _no_space_in_list(line: str, _before: str) -> _Found:
    match = _LIST_NO_SPACE.fullmatch(line)
    if not match or _ITEM.fullmatch(line):
        return None
    return "yaml-list", f"{match['start']}- {_as_value(match['value'])}"


def _value(line: str, _before: str) -> _Found:
    match = _PAIR.fullmatch(line) or _ITEM.fullmatch(line)
    if not match or _is_yaml(line.strip()):
        return None
    value = match["value"].rstrip()
    if value[0] in "\"'":
        escaped = "\\" in value and bool(_WHOLE_QUOTES.fullmatch(value))
        return "value-escape" if escaped else "value-quotes", quoted_line(line)
    if value[0] in _SPECIAL:
        return "value-sign", quoted_line(line)
    return "value-colon", quoted_line(line)


def _indented(line: str, before: str) -> _Found:
    match = _INDENTED.fullmatch(line)
    if not match or before.rstrip().endswith(":"):
        return None
    return "yaml-indent", match[1]


def _prose(line: str, _before: str) -> _Found:
    if line[0] in " -#" or _PAIR.fullmatch(line) or line.rstrip().endswith(":"):
        return None
    return "yaml-prose", "  " + line


_Recognise: TypeAlias = Callable[[str, str], _Found]
_KNOWN_BY_THEMSELVES: Final[tuple[_Recognise, ...]] = (
    _tab,
    _no_space_after_colon,
    _no_space_in_list,
    _value,
)
_KNOWN: Final[tuple[_Recognise, ...]] = (*_KNOWN_BY_THEMSELVES, _indented, _prose)


def _is_yaml(text: str) -> bool:
    try:
        for _ in events(text):
            pass
    except yaml.YAMLError:
        return False
    return True


def _as_value(text: str) -> str:
    """`text` as it can stand after a colon: in quotation marks where it needs them."""
    return text if "#" not in text and _is_yaml(f"k: {text}") else _quoted(text)


def _quoted(text: str) -> str:
    """`text` in quotation marks of YAML; those that it has on both ends or on one count as such."""
    text = text.strip()
    mark = text[0]
    if mark in "\"'" and text.count(mark) == 1:
        text = text[1:]
    elif _WHOLE_QUOTES.fullmatch(text):
        text = text[1:-1]
    if '"' in text or "\\" in text:
        return "'" + text.replace("'", "''") + "'"
    return f'"{text}"'

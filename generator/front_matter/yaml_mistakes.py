"""What an editor meant by a line of front matter that YAML cannot read.

YAML says where it gave up, which is often a line too late, and in words for programmers.  Here the
lines around that place are compared with the mistakes that editors make, and the first that fits
is told together with the line as it should be written.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
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


def events(text: str) -> Iterator[yaml.Event]:
    """The events of a YAML text, one by one, so that a bomb can be left before it goes off.

    YAMLError: the text is not YAML.
    """
    # Without the generator of `yaml.parse`: a tenth of the time of reading a header.
    return iter(LOADER(text).get_event, None)


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
    match = _pair_or_item(line)
    return match["start"] + _quoted(match["value"]) if match else _quoted(line.strip())


def quoted_parts(line: str, spans: Iterable[tuple[int, int]]) -> str:
    """`line` with what stands in each of `spans`, columns from 0, in quotation marks."""
    for start, end in sorted(spans, reverse=True):
        line = f"{line[:start]}{_quoted(line[start:end])}{line[end:]}"
    return line


def value_end(line: str, start: int) -> int:
    """Where the value ends that begins in the column `start` and goes on to the end of `line`."""
    comment = _COMMENT.search(line, start)
    return comment.start() if comment else len(line.rstrip())


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
_COMMENT: Final = re.compile(r"\s+#(?=\s|\Z)")
_IN_FLOW: Final = re.compile(
    r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|\[[^\[\]]*\]|\{[^{}]*\}|[^,])+"""
)
"""What stands between two commas of a list in brackets, commas in quotation marks included."""
_FLOW_PAIR: Final = re.compile(rf"(?P<start>\s*{_NAME}:\s+)(?P<value>\S.*?)\s*")
_CLOSING: Final = {"[": "]", "{": "}"}
_SPECIAL: Final = frozenset("[]{}\"'@%|>*&!,`?-:")


def _pair_or_item(line: str) -> re.Match[str] | None:
    """The line as a name with a value, or as an item: no name in a list begins with a capital."""
    pair = _PAIR.fullmatch(line)
    is_text = pair and line.lstrip().startswith("- ") and pair["key"][0].isupper()
    return _ITEM.fullmatch(line) if is_text or not pair else pair


def _tab(line: str, before: str) -> _Found:
    """The tabs before a line become as many spaces as let it follow the line before it."""
    text = line.lstrip()
    indent = line[: len(line) - len(text)]
    if "\t" not in indent:
        return None
    above = " " * (len(before) - len(before.lstrip()))
    inside = not before.rstrip().endswith(":")
    usual = (indent.expandtabs(width) for width in (2, 4))
    indents = (above, *usual, f"{above}  ") if inside else (f"{above}  ", *usual)
    fits = (f"{each}{text}" for each in indents if _follows(before, f"{each}{text}"))
    return "yaml-tab", next(fits, text)


def _follows(before: str, line: str) -> bool:
    """Whether a line can stand below another; a tab that is left can stand nowhere."""
    return _is_yaml(f"{_without_value(before)}\n{_without_value(line)}")


def _without_value(line: str) -> str:
    """A line whose value, where it has one, is surely no mistake."""
    match = _pair_or_item(line)
    return f"{match['start']}x" if match else line


def _no_space_after_colon(line: str, _before: str) -> _Found:
    return spaced_line(line)


def _no_space_in_list(line: str, _before: str) -> _Found:
    match = _LIST_NO_SPACE.fullmatch(line)
    if not match or _ITEM.fullmatch(line):
        return None
    return "yaml-list", f"{match['start']}- {_as_value(match['value'])}"


def _value(line: str, _before: str) -> _Found:
    match = _pair_or_item(line)
    if not match or _is_yaml(line.strip()):
        return None
    value = match["value"].rstrip()
    if right := _flow(value):
        return "value-sign", match["start"] + right
    if value[0] in "\"'":
        escaped = "\\" in value and bool(_WHOLE_QUOTES.fullmatch(value))
        return "value-escape" if escaped else "value-quotes", quoted_line(line)
    if value[0] in _SPECIAL:
        return "value-sign", quoted_line(line)
    return "value-colon", quoted_line(line)


def _flow(value: str, depth: int = 2) -> str | None:
    """A list or map in brackets whose parts are in quotation marks where they need them.

    None: `value` is none, or cannot be read even so.
    """
    if not depth or value[0] not in _CLOSING or not value.endswith(_CLOSING[value[0]]):
        return None
    parts = filter(None, (part.strip() for part in _IN_FLOW.findall(value[1:-1])))
    mended = [_flow_item(part, depth) if value[0] == "[" else _flow_pair(part) for part in parts]
    right = f"{value[0]}{', '.join(mended)}{value[-1]}"
    return right if right != value and _is_yaml(f"k: {right}") else None


def _flow_item(item: str, depth: int) -> str:
    plain = item[0] not in "\"'[{" and ": " in item
    if not plain and "#" not in item and _is_yaml(f"[{item}]"):
        return item
    return _flow(item, depth - 1) or _quoted(item)


def _flow_pair(pair: str) -> str:
    match = _FLOW_PAIR.fullmatch(pair)
    if not match or _is_yaml(f"{{{pair}}}"):
        return pair
    return match["start"] + _quoted(match["value"])


def _in_brackets(line: str, before: str) -> _Found:
    """A line of a list in brackets that goes over several lines."""
    text = line.strip()
    if not before.rstrip().endswith((",", "[")) or _PAIR.fullmatch(line):
        return None
    end = len(text.rstrip(" ],"))
    right = _flow(f"[{text[:end]}]")
    if not right:
        return None
    return "value-sign", line[: line.index(text)] + right[1:-1] + text[end:]


def _indented(line: str, before: str) -> _Found:
    match = _INDENTED.fullmatch(line)
    if not match or before.rstrip().endswith(":"):
        return None
    return "yaml-indent", match[1]


def _prose(line: str, _before: str) -> _Found:
    if line[0] in " -#" or _PAIR.fullmatch(line) or line.rstrip().endswith(":"):
        return None
    return "yaml-prose", "  " + line


def _comment_of_html(line: str, _before: str) -> _Found:
    if not line.startswith("<!--"):
        return None
    return "yaml-comment", f"# {line.removeprefix('<!--').partition('-->')[0].strip()}"


_Recognise: TypeAlias = Callable[[str, str], _Found]
_KNOWN_BY_THEMSELVES: Final[tuple[_Recognise, ...]] = (
    _comment_of_html,
    _tab,
    _no_space_after_colon,
    _no_space_in_list,
    _value,
)
_KNOWN: Final[tuple[_Recognise, ...]] = (_in_brackets, *_KNOWN_BY_THEMSELVES, _indented, _prose)


def _is_yaml(text: str) -> bool:
    depth = 0
    try:
        for event in events(text):
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > DEPTH:
                return False
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

"""Blocks of `reduced_html` as Markdown, as an editor would write them, or with more care."""

import re
from collections.abc import Iterable, Sequence
from enum import IntEnum
from html import escape
from typing import Final

from generator.importers.html_tree import VOID, Element, Node, Nodes, names, text, walk
from generator.importers.reduced_html import HEADINGS

INDENT: Final = 4
"""Columns of all that stands in an item of a list, a definition, a footnote."""


class Care(IntEnum):
    """How a block is written: to be read, with every sign escaped, or as HTML."""

    READABLE = 0
    ESCAPED = 1
    HTML = 2


_RAW_ONLY: Final = frozenset({"type", "reversed", "value"})
_SEPARATOR: Final = "<!-- -->"
_MERGED: Final = frozenset({("ul", "ul"), ("ol", "ol"), ("dl", "dl"), ("blockquote", "blockquote")})
"""Blocks that would become one if nothing stood between them."""

_LINE_START: Final = re.compile(
    r"(?P<digits>\d{1,9})(?P<point>[.)])(?=\s|$)"
    r"|(?P<sign>[-+*](?=\s|$)|#{1,6}(?=\s|$)|#+|>)"
    r"|(?P<other>:(?=\s)|~(?=~~)|=+\s*$)"
    r"|(?P<box>\[[ xX]\](?=\s))"
    r"|(?P<line>[-_*](?:[ ]*[-_*])+\s*$)"
)
_BOX: Final = re.compile(r"\A[☐☑](?= \S)")
_COMMAND: Final = re.compile(r"\{(?=[{%])")
_ESCAPED_EVERYWHERE: Final = re.compile(r"[\\`*_{}\[\]()>+\-.!|%=~^]|(?<!&)#")
_REFERENCES_EVERYWHERE: Final = re.compile(r'[&<~:="^$@/]')
_REFERENCE: Final = re.compile(r"&(?=#|\w+;)")
_AUTOLINK: Final = re.compile(r"https?://[^\s<>\"*_`\\]+")
_BARE: Final = re.compile(r"(?<=http:)(?=//)|(?<=https:)(?=//)|(?<=www)(?=\.)|(?<=[\w.+-])(?=@\w)")
"""Where a sign keeps an address from becoming a link by itself."""
_LANGUAGE: Final = re.compile(r"[\w+#.-]+")


def document(
    blocks: Sequence[tuple[Element, Care]], notes: Sequence[Sequence[tuple[Element, Care]]] = ()
) -> str:
    """A text of blocks and footnotes, each written with its care; ends with a line's end."""
    parts: list[str] = []
    before = ""
    for block, care in blocks:
        if (before, block.tag) in _MERGED:
            parts.append(_SEPARATOR)
        parts.append(written(block, care))
        before = block.tag
    for number, note in enumerate(notes, 1):
        inner = "\n\n".join(written(block, care) for block, care in note)
        parts.append(f"[^{number}]: {_indented(inner)}")
    return "\n\n".join(parts) + "\n" if parts else ""


def written(block: Element, care: Care, nested: bool = False) -> str:  # noqa: PLR0911 - a way out for each kind
    """One block as Markdown, without a line's end behind it."""
    if care is Care.HTML or (block.tag not in ("ul", "ol") and _needs_html(block)):
        return as_html(block)
    match block.tag:
        case "p" | "dt" | "summary":
            return _line_starts(_Inline(care).written(block.content), care)
        case "ul" | "ol":
            return as_html(block) if _needs_html(block) else _list(block, care)
        case "blockquote":
            inner = _blocks(block.content, care)
            return "\n".join(f"> {line}".rstrip() for line in inner.split("\n"))
        case "dl":
            return _terms(block, care)
        case "pre":
            return _code(block, care, nested)
        case "hr":
            return "---"
        case "img":
            return _picture(block)
        case "table":
            return _table(block, care)
        case "details":
            summary = as_html(elements(block)[0])
            return f"<details>\n{summary}\n\n{_blocks(block.content[1:], care)}\n\n</details>"
    heading = _Inline(care, lines=False).written(block.content)
    anchor = f" {{#{block.get('id')}}}" if block.get("id") else ""
    heading = re.sub(r"(#+)$", r"\\\1", heading)
    return f"{'#' * HEADINGS.index(block.tag)}# {heading}{anchor}"


def elements(block: Element) -> list[Element]:
    """The elements that stand right in a block."""
    return [inner for inner in block.content if isinstance(inner, Element)]


def _needs_html(block: Element) -> bool:
    """Whether Markdown has no signs for a block."""
    if block.tag == "table":
        return not _is_simple_table(block)
    if block.tag == "pre":
        return any(isinstance(inner, Element) for inner in block.content)
    if block.tag in ("ul", "ol"):
        named = {name for e in (block, *elements(block)) for name, _ in e.attributes}
        return bool(named & _RAW_ONLY)
    return block.tag == "figure"


def _blocks(nodes: Nodes, care: Care) -> str:
    inner = [node for node in nodes if isinstance(node, Element)]
    parts: list[str] = []
    for place, block in enumerate(inner):
        if place and (inner[place - 1].tag, block.tag) in _MERGED:
            parts.append(_SEPARATOR)
        parts.append(written(block, care, nested=True))
    return "\n\n".join(parts)


def _indented(lines: str) -> str:
    """`lines`, all but the first one indented."""
    return re.sub(r"\n(?=[^\n])", "\n" + " " * INDENT, lines)


def _list(block: Element, care: Care) -> str:
    loose = bool(block.get("loose"))
    number = int(block.get("start") or 1)
    items: list[str] = []
    for item in elements(block):
        marker = "-" if block.tag == "ul" else f"{number}."
        number += 1
        inner = elements(item)
        if len(inner) > 1 and not loose and _is_tight(inner):
            parts = [written(each, care, nested=True) for each in inner]
            said = "\n".join(parts)
        else:
            said = _blocks(item.content, care)
            loose = loose or len(inner) > 1
        if block.tag == "ul" and care is Care.READABLE:
            said = _BOX.sub(lambda box: "[x]" if box[0] == "☑" else "[ ]", said)
        items.append(f"{marker.ljust(INDENT - 1)} {_indented(said)}".rstrip())
    return ("\n\n" if loose else "\n").join(items)


def _is_tight(inner: list[Element]) -> bool:
    """Whether an item of these blocks is a line and lists below it."""
    return inner[0].tag == "p" and [e.tag for e in inner[1:]] in (["ul"], ["ol"])


def _terms(block: Element, care: Care) -> str:
    parts: list[str] = []
    before = ""
    for part in elements(block):
        if part.tag == "dt":
            parts.append(
                ("\n\n" if before == "dd" else "\n" if before else "") + written(part, care)
            )
        else:
            several = len(part.content) > 1
            said = _indented(_blocks(part.content, care))
            parts.append(f"{chr(10) * (2 if several and before == 'dd' else 1)}:   {said}")
        before = part.tag
    return "".join(parts)


def _code(block: Element, care: Care, nested: bool) -> str:
    code = text(block.content)
    if care is Care.ESCAPED and nested:
        return "\n".join(f"    {line}" if line else "" for line in code.split("\n"))
    fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", code) or [""]))
    language = block.get("language") if _LANGUAGE.fullmatch(block.get("language")) else ""
    return f"{fence}{language}\n{code}\n{fence}"


def _picture(block: Element) -> str:
    alt = re.sub(r"([\[\]\\`*_<])", r"\\\1", block.get("alt").replace("&", "&amp;"))
    return f"![{alt}]({_in_brackets(block.get('src'))}{_title(block)})"


def _title(node: Element) -> str:
    """The title of a link or picture, as it stands behind its address."""
    said = node.get("title").replace("&", "&amp;").replace('"', "&quot;")
    return f' "{said}"' if said else ""


def _is_simple_table(table: Element) -> bool:
    """Whether a table has one row of heads, and a line or a picture in each cell."""
    groups = elements(table)
    cells = [cell for group in groups for row in elements(group) for cell in elements(row)]
    return (
        [group.tag for group in groups] == ["thead", "tbody"]
        and len(groups[0].content) == 1
        and all(
            len(cell.content) <= 1
            and all(inner.tag in ("p", "img") for inner in elements(cell))
            and not (cell.get("colspan") or cell.get("rowspan"))
            for cell in cells
        )
        and all(cell.tag == "td" for row in elements(groups[1]) for cell in elements(row))
    )


def _table(table: Element, care: Care) -> str:
    head, body = elements(table)
    heads = elements(elements(head)[0])
    rules = {"": "---", "left": ":--", "center": ":-:", "right": "--:"}
    rows = [
        [_cell(cell, care) for cell in elements(row)] for row in (*elements(head), *elements(body))
    ]
    rows.insert(1, [rules[cell.get("align")] for cell in heads])
    widths = [max(len(row[place]) for row in rows) for place in range(len(heads))]
    if sum(widths) > 150:  # noqa: PLR2004 - wider than any window: columns in line help nobody
        widths = [0] * len(heads)
    for place, rule in enumerate(rows[1]):
        inner = "-" * max(widths[place], 3)
        rows[1][place] = (rule[0] if rule[0] == ":" else "-") + inner[2:] + rule[-1]
    lines = [
        " | ".join(said.ljust(width) for said, width in zip(row, widths, strict=True))
        for row in rows
    ]
    return "\n".join(f"| {line} |" for line in lines)


def _cell(cell: Element, care: Care) -> str:
    if not cell.content:
        return ""
    (inner,) = elements(cell)
    if inner.tag == "img":
        return _picture(inner).replace("|", "&#124;")
    return _Inline(care, lines=False, table=True).written(inner.content)


def _line_starts(lines: str, care: Care) -> str:
    return "\n".join(_line_start(line, care) for line in lines.split("\n"))


def _line_start(line: str, care: Care) -> str:
    found = _LINE_START.match(line)
    if not found:
        return line
    if found["digits"]:
        ordinal = found["point"] == "." and care is Care.READABLE
        return line if ordinal else line[: found.end("digits")] + "\\" + line[found.end("digits") :]
    if found["other"]:
        return f"&#{ord(line[0])};{line[1:]}"
    return f"\\{line}"


class _Inline:
    """Writes the content of one block: with lines of its own for `<br>`, or in one line."""

    def __init__(self, care: Care, *, lines: bool = True, table: bool = False) -> None:
        self._care = care
        self._lines = lines
        self._table = table

    def written(self, nodes: Nodes, before: str = "", behind: str = "", around: str = "") -> str:
        """`nodes` between these two signs."""
        out = ""
        for place, node in enumerate(nodes):
            following = _first_sign(nodes[place + 1]) if place + 1 < len(nodes) else behind
            sign = (before + out)[-1:]
            if isinstance(node, str):
                out += self._escaped(node, sign, following, around)
            else:
                out += self._element(node, sign, following, around)
        return out

    def _element(self, node: Element, before: str, behind: str, around: str) -> str:
        match node.tag:
            case "br":
                alone = self._lines and "\n" not in (before, behind) and self._care is Care.READABLE
                return "  \n" if alone and not around else "<br>"
            case "fnref":
                return f"[^{node.get('number')}]"
            case "strong" | "em" | "del" if not node.attributes and self._care is Care.READABLE:
                sign = _AROUND.get(node.tag) or ("_" if "s" in around else "*")
                inner = self.written(node.content, sign[0], sign[0], around + node.tag[0])
                free = not any(s.isalnum() or s == sign[0] for s in (before, behind) if s)
                if (
                    free
                    and inner
                    and inner[0] not in f" {sign[0]}"
                    and inner[-1] not in f" {sign[0]}\\"
                ):
                    return f"{sign}{inner}{sign}"
            case "code" if not node.attributes and not walk(node.content):
                code = text(node.content)
                if not (self._table and "|" in code) and code.strip():
                    fence = "`" * (max([0, *map(len, re.findall("`+", code))]) + 1)
                    pad = " " if "`" in (code[0], code[-1]) else ""
                    return f"{fence}{pad}{code}{pad}{fence}"
            case "a" if {name for name, _ in node.attributes} <= {"href", "title"}:
                return self._link(node, around)
        inner = self.written(node.content, ">", "<", around)
        return f"<{node.tag}{_attributes(node)}>" + (
            "" if node.tag in VOID else f"{inner}</{node.tag}>"
        )

    def _link(self, node: Element, around: str) -> str:
        href, title = node.get("href"), node.get("title")
        if (
            text(node.content) == href
            and _AUTOLINK.fullmatch(href)
            and not (title or walk(node.content))
        ):
            return f"<{href}>"
        inner = self.written(node.content, "[", "]", around + "a")
        href = _in_brackets(href) if self._care is Care.READABLE else f"<{href}>"
        return f"[{inner}]({href}{_title(node)})"

    def _escaped(self, said: str, before: str, behind: str, around: str) -> str:
        if self._care is Care.ESCAPED:
            said = _REFERENCES_EVERYWHERE.sub(lambda sign: f"&#{ord(sign[0])};", said)
            return _ESCAPED_EVERYWHERE.sub(r"\\\g<0>", said)
        if said.isalnum():
            return said
        said = _REFERENCE.sub("&amp;", said)
        if _SIGNS.search(said):
            whole = f"{before or ' '}{said}{behind or ' '}"
            said = _SIGNS.sub(lambda sign: _with_escape(whole, sign, around), said)
        if "{" in said or "~~" in said:
            said = _COMMAND.sub("&#123;", said).replace("~~", "&#126;~")
            said = said.replace("{", "\\{")
        if self._table:
            said = said.replace("|", "\\|")
        if "a" not in around and ("://" in said or "www." in said or "@" in said):
            said = _BARE.sub(r"\\", said)
        if said.endswith("!") and behind == "[":
            said = f"{said[:-1]}\\!"
        return said


_AROUND: Final = {"strong": "**", "del": "~~"}


def _in_brackets(address: str) -> str:
    """An address as it may stand behind the text of a link."""
    depth = 0
    for sign in address:
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if depth < 0:
            break
    return address if depth == 0 else f"<{address}>"


_SIGNS: Final = re.compile(r"[\\`*_<\[\]]")


def _with_escape(whole: str, found: re.Match[str], around: str) -> str:
    """A sign, with a backslash where Markdown could take it for more than a sign."""
    sign, place = found[0], found.start() + 1
    before, behind = whole[place - 1], whole[place + 1]
    rest = whole[place + 1 :]
    if sign in "*_":
        in_word = before.isalnum() and behind.isalnum()
        means = not in_word and not (before.isspace() and behind.isspace())
    elif sign == "\\":
        means = not behind.isalnum()
    elif sign == "<":
        means = behind.isalpha() or behind in "/!?<"
    elif sign == "[":
        means = "a" in around or behind in "^" or re.search(r"\][(\[:]", rest) is not None
    elif sign == "]":
        means = "a" in around or (behind in "([" and "[" not in whole[:place])
    else:
        means = True
    return f"\\{sign}" if means else sign


def _first_sign(node: Node) -> str:
    if isinstance(node, str):
        return node[:1]
    signs = {"br": "\n", "strong": "*", "em": "*", "del": "~", "code": "`", "a": "[", "fnref": "["}
    return signs.get(node.tag, "<")


# -- HTML ------------------------------------------------------------------------------------------


def as_html(block: Element) -> str:
    """A block as HTML that Markdown leaves alone: without an empty line."""
    return re.sub(r"\n(?=[ \t]*\n)", "&#10;", _html(block).rstrip("\n"))


def _html(node: Node) -> str:
    if isinstance(node, str):
        return re.sub(r"[{*_`\[\\]", lambda sign: f"&#{ord(sign[0])};", escape(node, quote=False))
    if node.tag == "pre" and not walk(node.content):
        kept = f' class="language-{node.get("language")}"' if node.get("language") else ""
        return f"<pre><code{kept}>{''.join(map(_html, node.content))}\n</code></pre>"
    content: Iterable[Node] = node.content
    if node.tag in ("li", "dd", "td", "th") and [e for e in node.content if e] == elements(node):
        inner = elements(node)
        if inner and inner[0].tag == "p" and all(e.tag in ("ul", "ol") for e in inner[1:]):
            content = (*inner[0].content, *inner[1:])  # no paragraph around a single line
    inside = "".join(map(_html, content))
    if node.tag in VOID:
        return f"<{node.tag}{_attributes(node)}>"
    if node.tag in _BROKEN:
        inside = f"\n{inside}"
    end = "\n" if node.tag in _BROKEN or node.tag in _OWN_LINE else ""
    return f"<{node.tag}{_attributes(node)}>{inside}</{node.tag}>{end}"


_BROKEN: Final = names("blockquote details dl figure ol table tbody thead tr ul")
_OWN_LINE: Final = names("caption dd dt figcaption li p summary td th")


def _attributes(node: Element) -> str:
    said = ""
    for name, value in node.attributes:
        if name == "align":
            said += f' class="{value}"'
        elif name in ("open", "reversed"):
            said += f" {name}"
        elif name not in ("loose", "language"):
            said += f' {name}="{escape(value)}"'
    return said

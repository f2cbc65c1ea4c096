"""SVG drawings made safe to publish: read as XML, and written anew from what a drawing needs.

A drawing that somebody opens by its address is a document with all that a page may do.  So only
elements that draw or move something are copied, nothing that runs or that leads out of the file.
Sanitizers for HTML would lower the case of names and forget namespaces; those that indent change
the spaces between words.  This one copies text as it stands.
"""

import math
import re
import sys
from base64 import b64decode, b64encode
from collections.abc import Callable
from typing import Final
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

import msgspec

from generator.base.problems import PortalError, problem

Embed = Callable[[bytes], tuple[str, bytes] | None]
"""Makes of a picture inside a drawing the one that is published: its format and its bytes."""

LIMIT: Final = 10_000_000
"""Bytes of a drawing; more is a photograph in disguise or an attack."""
_ENTITY: Final = 200
"""Characters of an entity: old drawing programs abbreviate the names of namespaces."""
_SHOWN: Final = 60
"""Characters of what was taken out that a message shows."""

_SVG: Final = "http://www.w3.org/2000/svg"
_XHTML: Final = "http://www.w3.org/1999/xhtml"
_XLINK: Final = "http://www.w3.org/1999/xlink"
_XML: Final = "http://www.w3.org/XML/1998/namespace"

_ELEMENTS: Final = frozenset({
    "a", "animate", "animateMotion", "animateTransform", "circle", "clipPath", "defs", "desc",
    "ellipse", "feBlend", "feColorMatrix", "feComponentTransfer", "feComposite", "feConvolveMatrix",
    "feDiffuseLighting", "feDisplacementMap", "feDistantLight", "feDropShadow", "feFlood",
    "feFuncA", "feFuncB", "feFuncG", "feFuncR", "feGaussianBlur", "feImage", "feMerge",
    "feMergeNode", "feMorphology", "feOffset", "fePointLight", "feSpecularLighting", "feSpotLight",
    "feTile", "feTurbulence", "filter", "g", "image", "line", "linearGradient", "marker", "mask",
    "mpath", "path", "pattern", "polygon", "polyline", "radialGradient", "rect", "set", "stop",
    "style", "svg", "switch", "symbol", "text", "textPath", "title", "tspan", "use", "view",
})  # fmt: skip
_UNSEEN: Final = frozenset({"metadata", "flowRoot", "font", "font-face"})
"""Of SVG's own elements those that no browser shows: they go without a word."""

_LOCAL: Final = re.compile(r"#[^\"'()\s\\]*")
_ADDRESS: Final = re.compile(
    r"url\(\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\"'()\s]*+))\s*+\)", re.IGNORECASE
)
_KEPT: Final = re.compile(
    r"url\((?:#[^\"'()\s\\]*|data:[a-z0-9/.+-]+;base64,[A-Za-z0-9+/=]*)\)", re.IGNORECASE
)
_FONT: Final = re.compile(
    r"data:(?:font/[a-z0-9]+|application/(?:x-)?font-[a-z0-9-]+);(?:charset=utf-8;)?base64,([\w+/=\s]*)"
)
_DATA: Final = re.compile(
    r"data:image/(?:png|jpe?g|gif|webp|avif);base64,([A-Za-z0-9+/\s]++)[=\s]*+", re.IGNORECASE
)
_IMPORT: Final = re.compile(r"@import\b(?:\"[^\"]*+\"|'[^']*+'|[^;\"'])*+;?", re.IGNORECASE)
_COMMENT: Final = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_ESCAPE: Final = re.compile(r"\\(?:([0-9a-fA-F]{1,6})\s?|(.))", re.DOTALL)
_FETCHES: Final = re.compile(
    r"(?:url|src|image|image-set|cross-fade|expression)\s*\(|@import|-moz-binding|behavior\s*:"
    r"|(?:java|vb)script\s*:",
    re.IGNORECASE,
)

_LENGTH: Final = re.compile(
    r"\s*+\+?(\d++(?:\.\d*+)?+|\.\d++)(?:[eE]([+-]?\d{1,2}))?\s*+([a-z]*+)\s*+"
)
_UNITS: Final = {
    "": 1.0, "px": 1.0, "pt": 96 / 72, "pc": 16.0, "in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4,
    "em": 16.0, "rem": 16.0, "ex": 8.0,
}  # fmt: skip


class Drawing(msgspec.Struct, frozen=True):
    """A drawing that may be published: its bytes, its size in CSS pixels, what was taken out.

    `line` is that of the first thing taken out, 0 where nothing was.
    """

    data: bytes
    width: int
    height: int
    removed: tuple[str, ...]
    line: int


def is_svg(data: bytes) -> bool:
    """Whether `data` looks like an SVG drawing, well-formed or not."""
    start = data[:256].lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n").replace(b"\0", b"").lower()
    return start.startswith(b"<") and not start.startswith((b"<!doctype html", b"<html"))


def sanitised(data: bytes, path: str, embed: Embed) -> Drawing:
    """The same drawing with nothing in it that runs or leads to another address.

    Pictures inside it become what `embed` makes of them.  PortalError: `path` is no well-formed
    drawing, has no size, or is made to exhaust memory.
    """
    if len(data) > LIMIT:
        raise PortalError((problem("drawing-huge", path, limit=LIMIT // 1_000_000),))
    copier = _Copier(path, embed)
    parser = copier.parser
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        reason = expat.errors.messages.get(error.code, expat.ErrorString(error.code))
        raise PortalError((problem("drawing-broken", path, error.lineno, reason=reason),)) from None
    return Drawing(
        "".join(copier.written).encode(),
        *_whole(copier.size, path),
        tuple(dict.fromkeys(copier.removed)),
        copier.line,
    )


class _Copier:
    """Writes what the parser reports, but for what does not belong into a drawing."""

    def __init__(self, path: str, embed: Embed) -> None:
        self.written: list[str] = []
        self.removed: list[str] = []
        self.line = 0
        self.size = (0.0, 0.0)
        self._path = path
        self._embed = embed
        self._skipped = 0
        self._style: list[str] | None = None
        self._open = False
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.EntityDeclHandler = self._entity
        self.parser.ProcessingInstructionHandler = self._instruction

    def _entity(
        self, name: str, is_parameter: bool, value: str | None, *_elsewhere: str | None
    ) -> None:
        if is_parameter or value is None or len(value) > _ENTITY or re.search("[&%<]", value):
            line = self.parser.CurrentLineNumber
            raise PortalError((problem("drawing-entity", self._path, line, entity=name),))

    def _instruction(self, target: str, _data: str) -> None:
        if target == "xml-stylesheet":
            self._remove(f"<?{target}?>")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _, tag = name.rpartition(" ")
        if not self.written:
            self._root(namespace, tag, attributes)
        elif self._skipped or not self._belongs(namespace, tag, attributes):
            self._skipped += 1
            return
        self._close()
        kept = [
            f" {key}={quoteattr(value)}"
            for attribute, given in attributes.items()
            if (key := _name(attribute)) and (value := self._value(tag, key, given)) is not None
        ]
        self.written.append(f"<{tag}{''.join(kept)}")
        self._open = True
        if tag == "style":
            self._style = []

    def _end(self, name: str) -> None:
        if self._skipped:
            self._skipped -= 1
            return
        if self._style is not None:
            css = self._css("".join(self._style))
            self._style = None
            self._text(css or "")
        self.written.append("/>" if self._open else f"</{name.rpartition(' ')[2]}>")
        self._open = False

    def _text(self, text: str) -> None:
        if self._skipped or not text:
            return
        if self._style is not None:
            self._style.append(text)
        else:
            self._close()
            self.written.append(escape(text))

    def _close(self) -> None:
        if self._open:
            self.written.append(">")
            self._open = False

    def _root(self, namespace: str, tag: str, attributes: dict[str, str]) -> None:
        if tag != "svg" or namespace not in {_SVG, ""}:
            line = self.parser.CurrentLineNumber
            reason = f"<{tag}> is not <svg>"
            raise PortalError((problem("drawing-broken", self._path, line, reason=reason),))
        self.size = _size(attributes)
        # Without it a browser would cut off what does not fit, instead of making it smaller.
        if "viewBox" not in attributes and all(self.size):
            attributes["viewBox"] = f"0 0 {self.size[0]:g} {self.size[1]:g}"
        attributes["xmlns"] = _SVG

    def _belongs(self, namespace: str, tag: str, attributes: dict[str, str]) -> bool:
        """Whether the element is part of a drawing; notes it if it is missed without."""
        if self._style is not None:
            self._remove(f"<{tag}>")
            return False
        if namespace not in {_SVG, _XHTML, ""}:
            return False
        animated = attributes.get("attributeName", "").rpartition(":")[2].strip().lower()
        if namespace != _XHTML and tag in _ELEMENTS and not re.match("href|on|style", animated):
            return True
        # What asks for an extension is the drawing program's own copy of what follows it.
        if tag not in _UNSEEN and "requiredExtensions" not in attributes:
            self._remove(f"<{tag}>")
        return False

    def _value(self, tag: str, key: str, value: str) -> str | None:
        """What `key` of a `tag` element may be, None for nothing."""
        if key.lower().startswith("on"):
            self._remove(key)
            return None
        if key == "href":
            return self._href(tag, value)
        if key == "style" or "(" in value or "\\" in value:
            return self._css(value)
        return value

    def _href(self, tag: str, value: str) -> str | None:
        address = value.strip()
        if _LOCAL.fullmatch(address):
            return address
        published = self._picture(address) if tag in {"image", "feImage"} else None
        if not published:
            self._remove(_shortened(address))
        return published

    def _css(self, css: str) -> str | None:
        """`css` with no address but those inside the file; None if it hides one."""

        def kept(found: re.Match[str]) -> str:
            address = (found[1] or found[2] or found[3] or "").strip()
            if _LOCAL.fullmatch(address):
                return f"url({address})"
            if _FONT.fullmatch(address):
                return f"url({''.join(address.split())})"
            if published := self._picture(address):
                return f"url({published})"
            self._remove(_shortened(address))
            return "url(#)"

        local = _ADDRESS.sub(kept, _COMMENT.sub("", css))
        if _IMPORT.search(local):
            self._remove("@import")
            local = _IMPORT.sub("", local)
        if _FETCHES.search(_KEPT.sub("", _unescaped(local))):
            self._remove(_shortened(local))
            return None
        return local

    def _picture(self, address: str) -> str | None:
        """The `data:` address of the picture that is published for that of another."""
        found = _DATA.fullmatch(address)
        text = "".join(found[1].split()) if found else ""
        made = self._embed(b64decode(text + "=" * (-len(text) % 4))) if text else None
        return f"data:image/{made[0]};base64,{b64encode(made[1]).decode()}" if made else None

    def _remove(self, what: str) -> None:
        self.removed.append(what)
        self.line = self.line or self.parser.CurrentLineNumber


def _name(attribute: str) -> str:
    """The name under which an attribute is written, "" if a drawing does not need it."""
    namespace, _, local = attribute.rpartition(" ")
    if namespace == _XML and local in {"space", "lang"}:
        return f"xml:{local}"
    if namespace == _XLINK and local == "href":
        return local
    return "" if namespace or local.startswith("data-") else local


def _unescaped(css: str) -> str:
    """`css` as a browser understands it: a letter may be written as its number."""

    def letter(found: re.Match[str]) -> str:
        code = int(found[1], 16) if found[1] else 0
        return chr(min(code, sys.maxunicode)) if code else found[2] or ""

    return _ESCAPE.sub(letter, css)


def _shortened(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _SHOWN else words[: _SHOWN - 1] + "…"


def _size(attributes: dict[str, str]) -> tuple[float, float]:
    """Width and height in CSS pixels: the root's own, what is missing from its viewBox."""
    width, height = _length(attributes.get("width")), _length(attributes.get("height"))
    box = [_length(text) for text in re.split(r"[\s,]+", attributes.get("viewBox", "").strip())]
    try:
        _, _, box_width, box_height = (side or 0.0 for side in box)
    except ValueError:  # without a viewBox browsers take 300 × 150
        return 300.0 if width is None else width, 150.0 if height is None else height
    if not (box_width and box_height):
        return 0.0, 0.0
    if width is None:
        width = box_width if height is None else height * box_width / box_height
    return width, width * box_height / box_width if height is None else height


def _length(text: str | None) -> float | None:
    """A length in CSS pixels; None where it is not given or depends on what is around it."""
    found = _LENGTH.fullmatch(text or "")
    if not found or found[3] not in _UNITS:
        return None
    return float(found[1]) * 10.0 ** int(found[2] or 0) * _UNITS[found[3]]


def _whole(size: tuple[float, float], path: str) -> tuple[int, int]:
    if not all(side > 0 and math.isfinite(side) for side in size):
        raise PortalError((problem("picture-no-size", path),))
    return max(1, round(size[0])), max(1, round(size[1]))

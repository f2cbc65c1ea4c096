"""What stands in a text of WordPress: paragraphs without tags, shortcodes, blocks, captions."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from html import escape, unescape
from typing import Final, NamedTuple

from generator.importers import builders
from generator.importers.attachments import Attachment, figure
from generator.importers.html_tree import names
from generator.importers.reduced_html import Loss

_DEPTH: Final = 4
"""Blocks of several texts within such blocks."""


class Library(NamedTuple):
    """What texts refer to by number: files, and blocks that stand in several texts."""

    files: Mapping[str, Attachment]
    blocks: Mapping[str, str]
    of_parent: Mapping[str, tuple[str, ...]]


class Text(NamedTuple):
    """A text as HTML; its footnotes by their ids; what has no equivalent."""

    html: str
    notes: dict[str, str]
    losses: tuple[Loss, ...]


_PROTECTED: Final = re.compile(
    r"<(pre|code|script|style|textarea)\b[^>]*>.*?</\1\s*>|<!--.*?-->|<[a-zA-Z][^<>]*\[[^<>]*>",
    re.DOTALL | re.IGNORECASE,
)
_KEPT: Final = re.compile("\x1a([0-9]+)\x1a")
_PAGE_MARK: Final = re.compile(r"^[ \t]*<!--(?:more.*?|nextpage|noteaser)-->[ \t]*$", re.MULTILINE)
_FILE_BUTTON: Final = re.compile("(?=<a [^<>]{0,500}wp-block-file__button)")
"""Where a link for downloading begins, beside the link to the same file."""
_TAG: Final = re.compile(
    r"\[(?P<escaped>\[?)(?P<close>/?)(?P<name>[a-zA-Z][\w-]*)"
    r"(?P<said>(?:[\s=](?:[^\[\]\"']|\"[^\"]*\"|'[^']*'){0,4000})?)/?\](?P<end>\]?)"
)
_ONLY_TAGS: Final = re.compile(r"[ \t]*(?:\[[^\[\]]{1,4000}\][ \t]*)+")
_BUILT: Final = re.compile(r"(?:vc|et_pb|fusion|av|mk|us|fl|nectar|tatsu|elementor)_[a-z]")
"""How the shortcodes of page builders begin."""
_ATTRIBUTE: Final = re.compile(
    r"(?P<name>[\w-]+)\s*=\s*(?:\"(?P<a>[^\"]*)\"|'(?P<b>[^']*)'|(?P<c>[^\s\"']+))|(?P<d>\S+)"
)
_CLOSING: Final = re.compile(r"\[/([a-zA-Z][\w-]*)\]")
_CODE: Final = names("code sourcecode php html css js javascript python ruby sql bash xml java")
_FILES: Final = names("audio video playlist wpvideo")
_NOTES: Final = names("ref footnote note efn_note fn mfn")
_ADDRESSES: Final = names(
    "soundcloud twitter tweet instagram googlevideo embed embedyt slideshare googlemaps"
)
_EMBEDDED: Final = dict.fromkeys(_ADDRESSES, "{}") | {
    "youtube": "https://www.youtube.com/watch?v={}", "vimeo": "https://vimeo.com/{}",
    "gist": "https://gist.github.com/{}", "ted": "https://www.ted.com/talks/{}",
    "dailymotion": "https://www.dailymotion.com/video/{}",
}  # fmt: skip
"""Shortcodes that show something from elsewhere, and where it is."""
_OTHERS: Final = names("caption wp_caption gallery archives toc year")
_KNOWN: Final = _CODE | _FILES | _NOTES | _OTHERS | _EMBEDDED.keys()

_BLOCK: Final = re.compile(
    r"<!--\s+(?P<end>/?)wp:(?P<name>[a-z][\w/-]*)\s+(?P<said>\{.{0,20000}?\}\s+)?(?P<alone>/?)-->",
    re.DOTALL,
)
_ID: Final = re.compile("field_[0-9a-f]+")
_QUIET: Final = names("more nextpage footnotes spacer block")
_SAID: Final = ("label", "content", "title", "text", "placeholder", "buttonText", "url", "service")
_LATEX: Final = re.compile(r"\$latex[ =]([^$\n]{1,2000}?)(?:&[a-z]{1,2}=[\w-]*)*\$")
_ADDRESS_LINE: Final = re.compile(r"^[ \t]*(https?://[^\s<>\"\[\]]+)[ \t]*$", re.MULTILINE)
_IMAGE: Final = re.compile(r"<img\b[^>]*>\s*(?:</a>)?", re.IGNORECASE)

_BLOCKS: Final = (
    "address|article|aside|blockquote|caption|center|col|colgroup|dd|details|div|dl|dt|fieldset|"
    "figcaption|figure|footer|form|h[1-6]|header|hr|legend|li|main|menu|nav|ol|p|pre|section|"
    "summary|table|tbody|td|tfoot|th|thead|tr|ul"
)
_BLOCK_TAG: Final = re.compile(rf"(</?(?:{_BLOCKS})\b[^>]*>)\s*", re.IGNORECASE)
_BEGINS_BLOCK: Final = re.compile(rf"</?(?:{_BLOCKS})\b|<!--", re.IGNORECASE)
_OPENING_LINE: Final = names("p li td th dt dd h1 h2 h3 h4 h5 h6 summary figcaption caption")


def text(content: str, own_id: str, library: Library, notes: str = "") -> Text:
    """A text as WordPress would show it; `notes` is what it keeps of the block editor's footnotes.

    The marks of blocks and shortcodes are gone; what they showed and has no equivalent is named.
    """
    return _Reader(own_id, library).text(content.replace("\r\n", "\n").replace("\x1a", " "), notes)


class _Reader:
    def __init__(self, own_id: str, library: Library) -> None:
        self._id, self._library = own_id, library
        self._losses: list[Loss] = []
        self._notes: dict[str, str] = {}
        self._kept: list[str] = []
        self._depth = 0
        self._closings: frozenset[str] = frozenset()
        """The shortcodes that something closes."""

    def text(self, content: str, notes: str) -> Text:
        for note in _footnotes(notes):
            self._notes[note["id"]] = note["content"]
        html = self._whole(content)
        return Text(html, self._notes, tuple(self._losses))

    def _whole(self, content: str) -> str:
        """Blocks and classic text both; a block that stands in several texts comes in here, too."""
        blocks = "<!-- wp:" in content
        content = _FILE_BUTTON.sub(" ", _PAGE_MARK.sub("", content))
        content = _BLOCK.sub(self._block, content)
        marked = _PROTECTED.sub(self._keep, content)
        self._closings = frozenset(_CLOSING.findall(marked))
        shown = self._shortcodes(marked)
        shown = _LATEX.sub(self._formula, shown)
        shown = _ADDRESS_LINE.sub(r'<a href="\1">\1</a>', shown)
        if not blocks:
            shown = with_paragraphs(shown, self._stands_alone)
        return self._restored(shown)

    def _formula(self, found: re.Match[str]) -> str:
        self._losses.append(Loss("$latex", found[1]))
        return f"<code>{found[1].strip()}</code>"

    def _keep(self, found: re.Match[str]) -> str:
        self._kept.append(found[0])
        return f"\x1a{len(self._kept) - 1}\x1a"

    def _restored(self, html: str) -> str:
        return _KEPT.sub(lambda mark: self._kept[int(mark[1])], html)

    def _stands_alone(self, mark: str) -> bool:
        """Whether a piece that was kept aside is no part of a paragraph."""
        if not (found := _KEPT.fullmatch(mark)):
            return False
        return self._kept[int(found[1])].lower().startswith(("<pre", "<script", "<style", "<!--"))

    # -- blocks ------------------------------------------------------------------------------------

    def _block(self, found: re.Match[str]) -> str:
        name = found["name"].removeprefix("core/")
        if found["end"] or (name == "block" and self._depth > _DEPTH):
            return "\n\n"
        try:
            said = json.loads(found["said"] or "{}")
        except ValueError:
            said = {}
        if name == "block" and str(said.get("ref", "")) in self._library.blocks:
            self._depth += 1
            html = self._whole(self._library.blocks[str(said["ref"])])
            self._depth -= 1
            return f"<div>{html}</div>"
        if name in ("social-link", "navigation-link") and said.get("url"):
            shown = said.get("label") or said.get("service") or said["url"]
            return f'<p><a href="{escape(str(said["url"]))}">{escape(str(shown))}</a></p>'
        if name == "block" or (found["alone"] and name not in _QUIET):
            parts = [str(said[key]) for key in _SAID if said.get(key)]
            parts += _texts(said.get("data"))
            self._losses.append(Loss(f"wp:{name}", ", ".join(parts)))
        return "\n\n"

    # -- shortcodes --------------------------------------------------------------------------------

    def _shortcodes(self, content: str) -> str:
        out: list[str] = []
        place = 0
        absent: set[str] = set()
        while found := _TAG.search(content, place):
            out.append(content[place : found.start()])
            place = found.end()
            name = found["name"]
            if found["escaped"] and found["end"]:
                out.append(found[0][1:-1])
            elif not self._is_shortcode(found, content):
                out.append(found[0])
            elif found["close"]:
                out.append(found["end"])
            else:
                end = -1 if name in absent else content.find(f"[/{name}]", place)
                inner = ""
                if end < 0:
                    absent.add(name)
                else:
                    inner, place = content[place:end], end + len(name) + 3
                out += (found["escaped"], self._shown(name.lower(), found["said"], inner))
        return "".join([*out, content[place:]])

    def _is_shortcode(self, found: re.Match[str], content: str) -> bool:
        """Whether something in brackets is no text: `[sic]` is."""
        name = found["name"]
        if name.lower() in _KNOWN or name in self._closings or re.search(r"[\w-]+=", found["said"]):
            return True
        if found[0].endswith("/]") or _BUILT.match(name):
            return True
        begin, end = content.rfind("\n", 0, found.start()) + 1, content.find("\n", found.end())
        alone = _ONLY_TAGS.fullmatch(content, begin, end if end >= 0 else len(content))
        return alone is not None and (name.islower() or "_" in name)

    def _shown(self, name: str, said: str, inner: str) -> str:  # noqa: PLR0911 - one way for each
        given = _attributes(said)
        if name in ("caption", "wp_caption"):
            return self._caption(given, inner)
        if name == "gallery":
            return self._gallery(given)
        if name in _CODE:
            code = escape(unescape(self._restored(inner).strip("\n")), quote=False)
            own = name if "code" not in name else ""
            language = given.get("lang") or given.get("language") or own
            kept = f' class="language-{escape(language)}"' if language else ""
            self._kept.append(f"<pre><code{kept}>{code}</code></pre>")
            return f"\n\n\x1a{len(self._kept) - 1}\x1a\n\n"
        if name in _NOTES and inner.strip():
            label = f"note-{len(self._notes) + 1}"
            self._notes[label] = self._restored(self._shortcodes(inner))
            return f'<sup data-fn="{label}"></sup>'
        if name in _FILES:
            return self._files(name, given, inner)
        if name in _EMBEDDED:
            return self._embedded(name, given, inner)
        self._losses.append(Loss(f"[{name}]", " ".join(self._restored(said).split())))
        if name in builders.RAW:
            return builders.raw(inner)
        return builders.shown(name, given, self._shortcodes(inner), self._library.files)

    def _caption(self, given: dict[str, str], inner: str) -> str:
        whole = self._restored(inner)
        if not (image := _IMAGE.search(whole)):
            return f"<p>{self._shortcodes(inner)}</p>"
        said = given.get("caption") or whole[image.end() :].strip()
        return f"\n\n<figure>{whole[: image.end()]}<figcaption>{said}</figcaption></figure>\n\n"

    def _gallery(self, given: dict[str, str]) -> str:
        ids = re.findall(r"\d+", given.get("ids") or given.get("include") or "")
        without = set(re.findall(r"\d+", given.get("exclude", "")))
        own = self._library.of_parent.get(given.get("id", self._id), ())
        ids = ids or [i for i in own if i not in without]
        shown = [figure(self._library.files[i]) for i in ids if i in self._library.files]
        if len(shown) < len(ids) or not ids:
            missing = [i for i in ids if i not in self._library.files]
            self._losses.append(Loss("[gallery]", " ".join(missing)))
        return "\n\n" + "\n".join(shown) + "\n\n"

    def _files(self, name: str, given: dict[str, str], inner: str) -> str:
        ids = re.findall(r"\d+", given.get("ids", ""))
        files = [self._library.files[i].url for i in ids if i in self._library.files]
        files += [value for value in (*given.values(), inner.strip()) if value.startswith("http")]
        if not files:
            self._losses.append(Loss(f"[{name}]", " ".join(given.values())))
        return "".join(f'\n\n<p><a href="{escape(f)}">{escape(f)}</a></p>\n\n' for f in files)

    def _embedded(self, name: str, given: dict[str, str], inner: str) -> str:
        named = (given.get(key, "") for key in ("url", "src", "id", "link", ""))
        meant = (value.strip() for value in (inner, *named, *given.values()))
        what = next(filter(None, meant), "")
        address = what if what.startswith(("http://", "https://")) else _EMBEDDED[name].format(what)
        if not (what and address.startswith("http")):
            self._losses.append(Loss(f"[{name}]", what))
            return inner
        return f'\n\n<p><a href="{escape(address)}">{escape(address)}</a></p>\n\n'


def _texts(said: object) -> Iterator[str]:
    """The texts in what a block keeps; names that begin with an underscore are its own."""
    if isinstance(said, str) and said and not _ID.fullmatch(said):
        yield said
    elif isinstance(said, dict):
        for name, each in said.items():
            if not str(name).startswith("_"):
                yield from _texts(each)
    elif isinstance(said, list):
        for each in said:
            yield from _texts(each)


def _attributes(said: str) -> dict[str, str]:
    given: dict[str, str] = {}
    for found in _ATTRIBUTE.finditer(said.strip().lstrip("=")):
        value = found["a"] or found["b"] or found["c"] or found["d"] or ""
        given.setdefault((found["name"] or "").lower(), value.strip('"'))
    return given


def _footnotes(said: str) -> Iterator[dict[str, str]]:
    try:
        found = json.loads(said or "[]")
    except ValueError:
        return
    for note in found if isinstance(found, list) else ():
        if isinstance(note, dict) and isinstance(note.get("id"), str):
            yield {"id": note["id"], "content": str(note.get("content", ""))}


def with_paragraphs(content: str, stands_alone: Callable[[str], bool] = lambda _: False) -> str:
    """A text in which empty lines end paragraphs, with tags for them.

    Where a block begins or ends, so does a paragraph; other ends of lines become `<br>`.
    """
    spaced = _BLOCK_TAG.sub(lambda tag: _around(tag[1]), content)
    parts: list[str] = []
    for part in re.split(r"\n[ \t]*\n\s*", spaced):
        said = part.strip()
        if not said:
            continue
        if _BEGINS_BLOCK.match(said) or stands_alone(said):
            parts.append(re.sub(r"\n", "<br>\n", said) if "\n" in said else said)
        else:
            parts.append(f"<p>{said.replace(chr(10), '<br>' + chr(10))}</p>")
    return "\n\n".join(parts)


def _around(tag: str) -> str:
    """A tag with the empty lines that end the paragraphs before and behind it."""
    name = re.split(r"[\s>/]", tag.lstrip("</"), maxsplit=1)[0].lower()
    if tag.startswith("</"):
        return f"{tag}\n\n"
    return f"\n\n{tag}" if name in _OPENING_LINE else f"\n\n{tag}\n\n"

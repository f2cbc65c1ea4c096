"""One text of a folder as a source: its fields, its links and pictures, its words counted."""

import posixpath
import re
from collections import Counter
from html import unescape
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from generator.importers import commands
from generator.importers.archive import Account, Item
from generator.importers.commands import Surroundings
from generator.importers.head_values import (
    CHANGES,
    LEADS,
    address_key,
    authors,
    day,
    first,
    plain,
    single,
)
from generator.importers.html_to_markdown import html_to_markdown, shown_by
from generator.importers.html_tree import names, words
from generator.importers.pictures import FOLDER, is_picture
from generator.importers.reasons import Reason, reason
from generator.importers.reduced_html import Loss
from generator.importers.web_addresses import split
from generator.model.addresses import slug, web_flaw
from generator.model.article import Image, SourceLink
from generator.templates.html_addresses import joined

if TYPE_CHECKING:
    from generator.importers.folder_archive import Folder, Text

_ADDRESS: Final = r"[^\s()<>]+(?:\([^\s()]*\)[^\s()<>]*)*"
_LINK: Final = re.compile(
    rf"(?P<before>(?<=\])\(\s*<?)(?P<a>{_ADDRESS})"
    r"|(?P<label>^[ ]{0,3}\[[^\]^]+\]:[ \t]*<?)(?P<b>[^\s<>]+)"
    r"|(?P<attribute>href=[\"'])(?P<c>[^\"']+)",
    re.MULTILINE,
)
_IMAGE: Final = re.compile(
    r"(?P<link>\[\s*)?!\[(?P<alt>(?:[^\[\]\\]|\\.|\[[^\[\]]*\])*)\]"
    rf"\(\s*<?(?P<src>{_ADDRESS})>?(?:\s+(?:\"(?P<t1>[^\"]*)\"|'(?P<t2>[^']*)'))?\s*\)"
    r"(?(link)\s*\]\((?P<href>[^)\s]*)[^)]*\))"
)
_CODE: Final = re.compile(
    r"^(`{3,}|~{3,})[^\n]*\n.*?^\1[ \t]*$|(?<!`)(`+)(?!`)(?:(?!\n\n).)+?(?<!`)\2(?!`)",
    re.DOTALL | re.MULTILINE,
)
_IMAGES: Final = ("image", "cover", "featured_image", "featuredimage", "thumbnail", "banner",
                  "previewimage")  # fmt: skip
_IMAGE_PARTS: Final = ("src", "image", "url", "file", "path", "feature", "overlay_image")
_EXPIRES: Final = ("expirydate", "expires", "unpublishdate")
_SOURCES: Final = ("source_url", "canonical", "canonical_url", "original_url")
_USED: Final = frozenset({*LEADS, *_IMAGES, *CHANGES, *_EXPIRES, *_SOURCES}) | names(
    """title date publishdate pubdate created slug draft url permalink aliases alias redirect_from
    redirects category categories tags tag keywords topics author authors taxonomies published
    status save_as kicker source"""
)
_QUIET: Final = names(
    """layout type weight template toc comments comment math id menu menus showtoc sitemap headless
    nav_order header sidebar render_with_liquid author_profile eleventynavigation pagination cascade
    outputs language mathjax build _build resources eleventyexcludefromcollections"""
)
"""Keys that say how a page looks there."""
_OTHER_SCHEMES: Final = re.compile(r"(?:mailto|tel|data|javascript):", re.IGNORECASE)
_MARK: Final = "https://source.invalid/"
"""Begins a link that a command gave, which leads to a source of the portal."""
_LED_ON: Final = (f"/{FOLDER}/", _MARK)
_HERE: Final = re.compile(rf"{_MARK}([^\s#()<>\"']+)(#[^\s()<>\"']*)?")
_SHEBANG: Final = re.compile(r"(?:(?<=\n\n)|\A\n*)(?: {4}|\t)(?::::|#!)\w+[ \t]*\n(?= {4}|\t)")
"""The line with the language in code of Python-Markdown, which shows it to nobody."""
_CONTENTS: Final = re.compile(r"^\[TOC\][ \t]*\n", re.MULTILINE)
_TEXT_FILE: Final = re.compile(r"\.(?:md|markdown)$")


def item(text: "Text", archive: "Folder") -> Item:
    """The source that a text becomes, with the account of what became of its parts."""
    return _Maker(text, archive).item()


class _Maker:
    def __init__(self, text: "Text", archive: "Folder") -> None:
        self._text, self._archive = text, archive
        self._place = archive.places[text.path]
        self._missed: list[tuple[str, Reason]] = []
        self._links: list[tuple[str, str | Reason]] = []
        self._losses: list[Loss] = []

    def item(self) -> Item:
        text = self._text
        around = Surroundings(self._archive.address, self._marked, self._listed, self._include)
        is_html = text.path.lower().endswith((".html", ".htm", ".njk", ".liquid"))
        written = text.text
        if text.style in ("pelican", "nikola"):
            written = _SHEBANG.sub("", _CONTENTS.sub("", written))
        body, losses = commands.understood(written, around, html=is_html)
        self._losses += losses
        if is_html:
            made = html_to_markdown(body)
            body = made.text
            self._losses += made.losses
        markdown = commands.outside(_CODE, body, self._led_on).strip("\n") + "\n"
        markdown = _HERE.sub(lambda found: self._to(found[1], found[2] or ""), markdown)
        fields = self._fields()
        wanted = Counter(words(shown_by(_HERE.sub(r"\1", body))))
        missing = wanted - Counter(words(shown_by(markdown)))
        named = (*(loss.said for loss in self._losses), *(address for address, _ in self._missed))
        missing -= Counter(words(" ".join(named)))
        path, address, aliases = self._place
        account = Account(
            text.path, text.path, text.title,
            "draft" if text.hidden else "page" if text.is_page else "article",
            path, address, text.old, text.hidden, wanted.total(),
            tuple(missing.elements())[:100], tuple(self._missed), tuple(self._links),
            tuple(self._losses),
            leads_on=text.old in ("", address, *aliases) or bool(text.hidden),
        )  # fmt: skip
        return Item(account, fields, markdown)

    # -- the head ----------------------------------------------------------------------------------

    def _fields(self) -> dict[str, object]:
        text, archive = self._text, self._archive
        given = text.fields
        leads = [said for key in LEADS if (said := plain(single(given.get(key))))]
        self._losses += [Loss("field", said) for said in dict.fromkeys(leads) if said != leads[0]]
        for key, value in given.items():
            if key not in _USED and key not in _QUIET and value not in ("", [], {}):
                said = value if isinstance(value, str) else single(value) or str(value)
                self._losses.append(Loss(f"field {key}", said[:200]))
        path, address, aliases = self._place
        own = address.rstrip("/").rpartition("/")[2]
        fields: dict[str, object] = {
            "title": text.title, "lead": leads[0] if leads else "", "aliases": aliases,
            "slug": own if own != posixpath.basename(path).removesuffix(".md") else "",
            "draft": bool(text.hidden),
        }  # fmt: skip
        if text.is_page:
            return fields
        updated = day(given, CHANGES, archive.zone)
        keywords = dict.fromkeys(archive.spellings[slug(name)] for name in archive.keywords(text))
        return fields | {
            "kicker": plain(single(given.get("kicker"))),
            "date": text.date,
            "updated": updated if updated[:16] > text.date[:16] else "",
            "section": archive.section_of(text),
            "keywords": tuple(keywords),
            "author": tuple(slug(name) for name in authors(given) if slug(name)),
            "source": self._source(),
            "image": self._top_image(),
            "expires": day(given, _EXPIRES, archive.zone),
        }

    def _source(self) -> SourceLink | None:
        """Where a text appeared first."""
        name, url = plain(first(self._text.fields, "source")), first(self._text.fields, *_SOURCES)
        if name.startswith(("http://", "https://")):
            name, url = "", url or name
        if not url.startswith(("http://", "https://")) or web_flaw(url) or re.search(r"\s", url):
            url = ""
        return SourceLink(name, url) if name or url else None

    def _top_image(self) -> Image | None:
        for key in _IMAGES:
            value = self._text.fields.get(key)
            parts = value if isinstance(value, dict) else {"src": value or ""}
            src = first(parts, *_IMAGE_PARTS)
            if is_picture(src) and (to := self._picture(src)):
                said = (plain(single(parts.get(name))) for name in ("alt", "credit", "caption"))
                return Image(to, *said)
        return None

    # -- what the text refers to -------------------------------------------------------------------

    def _led_on(self, piece: str) -> str:
        """What is no code, with its links and pictures as they are here."""
        return _LINK.sub(self._link, _IMAGE.sub(self._image, piece))

    def _to(self, path: str, anchor: str) -> str:
        """The link to a source, to a place in it if it has one of that name; or to a list."""
        if path.startswith("/"):
            return path + anchor
        link = posixpath.relpath(path, posixpath.dirname(self._place.path))
        if anchor in ("", "#"):
            return link
        if anchor[1:] in self._archive.anchors(path):
            return link + anchor
        self._links.append((link + anchor, reason("import-anchor", to=path)))
        return link

    def _marked(self, name: str) -> str:
        """A link to the text that a command names, marked as one to a source of the portal."""
        target, anchor = self._meant(name)
        return f"{_MARK}{target}{anchor}" if target else anchor

    def _listed(self, kind: str, name: str) -> str:
        """The marked link to the articles of a tag, category or author, "" where there are none."""
        address = self._archive.lists.get((kind, slug(unquote(name))))
        return f"{_MARK}{address}" if address else ""

    def _reference(self, name: str) -> str:
        """The link to the text that a name means, "" where there is none."""
        target, anchor = self._meant(name)
        return self._to(target, anchor) if target else anchor

    def _meant(self, name: str) -> tuple[str, str]:
        """The source that a name means, "" where there is none or the text's own, and the anchor.

        The anchor of what is not there is "".
        """
        bare, sign, anchor = name.strip().partition("#")
        bare = bare.strip("/")
        if not bare:
            return "", f"{sign}{anchor}"
        near = posixpath.normpath(posixpath.join(posixpath.dirname(self._text.path), bare))
        for wanted in (near, bare, bare.removeprefix("content/"), posixpath.basename(bare)):
            if target := self._archive.by_name.get(wanted.casefold()):
                return target, f"{sign}{anchor}"
        return "", ""

    def _include(self, name: str, relative: bool) -> str:
        """The text of a file that a command puts in; only those in `_includes`, or where they are
        `relative`, those beside this text and below."""
        folder = self._archive.folder
        root = ((folder / self._text.path).parent if relative else folder / "_includes").resolve()
        file = (root / name).resolve()
        if root not in file.parents or not file.is_file():
            return ""
        return file.read_text(encoding="utf-8", errors="replace")

    def _picture(self, src: str) -> str:
        pictures = self._archive.pictures
        near = posixpath.join(posixpath.dirname(self._text.path), src)
        to = ("" if split(src).netloc else pictures.place(near)) or pictures.place(src)
        if not to:
            self._missed.append((src, reason("import-not-in-archive")))
        return to

    def _absolute(self, address: str) -> str:
        """An address of the old site as a whole one; "" where nobody knows the site."""
        if address.startswith(("http://", "https://")):
            return address
        if address.startswith("//"):
            return f"https:{address}"
        if not self._archive.address:
            return ""
        whole = posixpath.normpath(joined(self._text.old or "/", address))
        return f"{self._archive.address}/{whole.lstrip('/')}{'/' * address.endswith('/')}"

    def _image(self, found: re.Match[str]) -> str:
        title = found["t1"] or found["t2"] or ""
        said = f' "{title.replace(chr(34), "&quot;")}"' if title else ""
        href = found["href"] or ""
        if to := self._picture(unescape(found["src"])):
            if href and not is_picture(href):
                self._losses.append(Loss("a", href))
            return f"![{found['alt']}]({to}{said})"
        if where := href or self._absolute(found["src"]):
            return f"[{found['alt'] or posixpath.basename(found['src'])}]({where}{said})"
        return " ".join(filter(None, (found["alt"], title)))

    def _link(self, found: re.Match[str]) -> str:
        before = found["before"] or found["label"] or found["attribute"]
        return f"{before}{self._leads_to(found['a'] or found['b'] or found['c'])}"

    def _leads_to(self, written: str) -> str:  # noqa: PLR0911 - a way out for each kind
        """Where a link leads here."""
        address, sign, anchor = written.partition("#")
        if not address or _OTHER_SCHEMES.match(address) or address.startswith(_LED_ON):
            return written
        for prefix in ("@/", "link://slug/", "link://filename/", "link://"):
            if address.startswith(prefix):
                return self._reference(written.removeprefix(prefix)) or self._lost(written)
        parts = split(address)
        host = split(self._archive.address).netloc.removeprefix("www.")
        if parts.scheme or parts.netloc:
            if not host or parts.netloc.removeprefix("www.") != host:
                return written
        elif _TEXT_FILE.search(parts.path) and (found := self._reference(unquote(written))):
            return found
        if parts.path == "/" or (parts.netloc and not parts.path):
            return "/"
        whole = posixpath.normpath(joined(self._text.old or "/", unquote(parts.path)))
        if target := self._archive.by_address.get(address_key(whole)):
            return self._to(target, f"{sign}{anchor}")
        near = posixpath.join(posixpath.dirname(self._text.path), unquote(parts.path))
        for path in () if parts.netloc else (near, parts.path):
            if document := self._archive.pictures.document(path):
                return document
        return written if parts.netloc else self._lost(written)

    def _lost(self, written: str) -> str:
        """A link to what did not come in: to the old site, or to the same path here."""
        self._links.append((written, reason("import-link-lost")))
        bare = _TEXT_FILE.sub("/", written.removeprefix("link://").removeprefix("@"))
        return self._absolute(bare) or f"/{bare.lstrip('./')}"

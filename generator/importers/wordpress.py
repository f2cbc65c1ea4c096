"""An item of an export of WordPress as a source: its fields, links and pictures."""

import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from generator.importers import builders, wordpress_text, wxr
from generator.importers.archive import Account, Item
from generator.importers.html_to_markdown import of_nodes
from generator.importers.html_tree import (
    Element,
    Node,
    Nodes,
    element,
    parse,
    source_of,
    text,
    visible_text,
    walk,
    words,
)
from generator.importers.languages import in_language
from generator.importers.pictures import Pictures
from generator.importers.reasons import Reason, reason
from generator.importers.reduced_html import Loss
from generator.importers.wordpress_plan import (
    KEYWORDS,
    PICTURE_FILE,
    Plan,
    bare_file,
    dated,
    key_of,
    moment_of,
    old_path,
    section_of,
)  # fmt: skip
from generator.importers.wxr import Post
from generator.model.addresses import slug
from generator.model.article import Image
from generator.templates.html_addresses import joined

_OWN_FIELDS: Final = ("footnotes",)
_KEPT_DATA: Final = re.compile(r"[aOsC]:\d+:|[\[{]")
"""How values begin that no editor typed."""
_NONE: Final = "uncategorized"
_SCHEME: Final = re.compile(r"(?!https?:)[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_IMAGE_ID: Final = re.compile(r"wp-image-(\d+)")


def items(sources: Sequence[Path]) -> Iterator[tuple[str, Post]]:
    """All items of the exports with their texts, each with the name of its file."""
    for source in sources:
        for each in wxr.read(source):
            if isinstance(each, Post):
                yield source.name, each


def item(name: str, post: Post, known: Plan, pictures: Pictures) -> Item | Account:
    """What an item becomes: a source, or a part of the portal that others use."""
    key = key_of(post, known.base)
    if post.type == "attachment":
        file = known.library.files[post.get("id")]
        to = pictures.place(file.url)
        return Account(
            key, f"{name}:{post.line}", post.get("title") or file.url, "used" if to else "left-out",
            path=to, why=None if to else pictures.why_not(file.url), old_address=post.get("link"),
        )  # fmt: skip
    return _Article(name, post, key, known, pictures).item()


def _written(at: datetime | None) -> str:
    """A moment as front matter has it, with its distance from UTC where that is known."""
    return f"{at:%Y-%m-%d %H:%M:%S}{_distance(at)}" if at else ""


def _distance(at: datetime) -> str:
    return f" {at.isoformat()[-6:]}" if at.tzinfo else ""


class _Article:
    """Makes a source of one article or page."""

    def __init__(self, name: str, post: Post, key: str, known: Plan, pictures: Pictures) -> None:
        self._name, self._post, self._key, self._known = name, post, key, known
        self._pictures = pictures
        self._place = known.places[key]
        self._links: list[tuple[str, str | Reason]] = []
        self._missed: list[tuple[str, Reason]] = []
        self._losses: list[Loss] = []

    def item(self) -> Item:
        post, known = self._post, self._known
        content = self._said("content")
        if not content.strip():
            content = builders.elementor(post.meta.get("_elementor_data", ""))
        shown = wordpress_text.text(
            content, post.get("id"), known.library, post.meta.get("footnotes", "")
        )
        nodes = parse(shown.html)
        notes = {label: parse(note) for label, note in shown.notes.items()}
        wanted = words(" ".join(map(visible_text, (nodes, *notes.values()))))
        nodes = tuple(self._mended(nodes))
        made = of_nodes(nodes, {label: tuple(self._mended(note)) for label, note in notes.items()})
        is_page = post.type == "page"
        lead = " ".join(text(parse(self._said("excerpt"))).split())
        title = " ".join(text(parse(self._said("title"))).split())
        losses = (*shown.losses, *made.losses, *self._losses, *self._more(content))
        hidden = self._hidden()
        fields: dict[str, object] = {
            "title": title or lead[:60] or self._place.slug or "Ohne Titel",
            "lead": lead,
            "date": self._date() or self._undated(),
            "updated": self._updated(),
            "section": section_of(self._post, self._known.sections),
            "keywords": self._keywords(),
            "author": self._authors(),
            "image": self._image(),
            "slug": self._place.slug,
            "aliases": self._place.aliases,
            "draft": bool(hidden),
        }
        if is_page:
            fields = {name: fields[name] for name in ("title", "lead", "slug", "aliases", "draft")}
        old = post.get("link")
        account = Account(
            self._key, f"{self._name}:{post.line}", title,
            "draft" if hidden else "page" if is_page else "article",
            self._place.path, self._place.address, old, hidden, len(wanted),
            _missing(wanted, made.shown, losses), tuple(self._missed), tuple(self._links), losses,
            len(post.comments), bool(hidden) or self._leads_on(),
        )  # fmt: skip
        return Item(account, fields, made.text)

    def _said(self, name: str) -> str:
        """What a field says in the language of the portal; other languages are lost."""
        said, others = in_language(self._post.get(name), self._known.settings.language)
        self._losses += [Loss(f"[:{other}]", other_said) for other, other_said in others.items()]
        return said

    def _more(self, content: str) -> Iterator[Loss]:
        """What stands beside a text, and here nowhere: terms of other kinds, fields, builders."""
        for term in self._post.terms:
            if term.domain not in (*KEYWORDS, "nav_menu"):
                yield Loss(term.domain, term.name)
        for name, said in self._post.meta.items():
            begin = " ".join(said[:400].split())[:200]
            typed = " " in begin and re.search("[a-z]{2}", begin) and not _KEPT_DATA.match(begin)
            if typed and not name.startswith("_") and name not in _OWN_FIELDS:
                yield Loss(f"field {name}", begin)
        if not content.strip():
            yield from (Loss(name) for name in builders.DATA if self._post.meta.get(name))

    def _leads_on(self) -> bool:
        """Whether the old address is the new one, or leads there."""
        old = old_path(self._post.get("link"), self._known.base)
        return old in ("", self._place.address, *self._place.aliases)

    def _hidden(self) -> Reason | None:
        """Why an item is not for readers, None where it is."""
        post = self._post
        if post.protected:
            return reason("import-password")
        if post.get("status") not in ("publish", ""):
            return reason("import-not-public", state=post.get("status"))
        own = post.type not in ("post", "page")
        return reason("import-own-type", type=post.type) if own else None

    def _date(self) -> str:
        return _written(dated(self._post))

    def _undated(self) -> str:
        """The date as it stands, which a build refuses; of what has none, that of the newest."""
        said = self._post.get("date")
        return said if said.strip("0:- ") else self._known.newest[:16]

    def _updated(self) -> str:
        at = moment_of(self._post.get("modified"), self._post.get("modified_gmt"))
        changed = _written(at)
        return changed if changed[:16] > self._date()[:16] else ""

    def _keywords(self) -> tuple[str, ...]:
        """Keywords, and the categories but that which the section is named for."""
        section = section_of(self._post, self._known.sections)
        named = {each.name for each in self._known.settings.sections if each.id == section}
        found: dict[str, None] = {}
        for term in self._post.terms:
            is_section = term.domain == "category" and term.name in named
            own = self._known.spellings.get(slug(term.name))
            if own and term.domain in KEYWORDS and not is_section and term.nicename != _NONE:
                found[own] = None
        return tuple(found)

    def _authors(self) -> tuple[str, ...]:
        login = self._post.get("creator")
        own = self._known.authors.get(login)
        if own or not login or "@" in login:
            return (own,) if own else ()
        return (login,) if slug(login) else ()

    def _image(self) -> Image | None:
        file = self._known.library.files.get(self._post.meta.get("_thumbnail_id", "").strip())
        if not file:
            return None
        to = self._pictures.place(file.url)
        if not to:
            self._missed.append((file.url, self._pictures.why_not(file.url)))
            return None
        caption = " ".join(text(parse(file.caption)).split())
        return Image(to, file.alt, file.credit, caption)

    # -- links and pictures ------------------------------------------------------------------------

    def _mended(self, nodes: Nodes) -> Iterator[Node]:
        for node in nodes:
            if isinstance(node, str):
                yield node
            elif node.tag == "img":
                yield self._picture(node)
            elif node.has_class("blocks-gallery-grid", "blocks-gallery-item"):
                yield Element("div", (), tuple(self._mended(node.content)))
            elif node.has_class("wp-caption", "gallery-item"):
                yield Element("figure", (), tuple(self._mended(tuple(_captioned(node.content)))))
            elif node.tag == "a" and node.get("href"):
                content = tuple(self._mended(node.content))
                if self._is_of_picture(node):
                    yield from content
                    continue
                yield _with(node.holding(content), href=self._link(node.get("href")))
            else:
                yield node.holding(tuple(self._mended(node.content)))

    def _is_of_picture(self, link: Element) -> bool:
        """Whether a link around a picture leads to the picture itself, or to its page there."""
        if text(link.content).strip() or not any(e.tag == "img" for e in walk(link.content)):
            return False
        path = old_path(link.get("href"), self._known.base)
        return bool(PICTURE_FILE.search(link.get("href").split("?")[0])) or (
            bool(path) and path not in self._known.by_address
        )

    def _picture(self, node: Element) -> Element:
        src = source_of(node)
        if src and not _SCHEME.match(src):
            src = joined(self._post.get("link") or f"{self._known.base}/", src)
        found = _IMAGE_ID.search(node.get("class"))
        file = self._known.library.files.get(found[1]) if found else None
        file = file or self._known.files.get(bare_file(src))
        to = self._pictures.place(src) or (self._pictures.place(file.url) if file else "")
        alt = node.get("alt") or (file.alt if file else "")
        if not to:
            self._missed.append((src, self._pictures.why_not(src)))
        return element("img", src=to or src, alt=alt)

    def _link(self, href: str) -> str:
        """Where a link leads here: to a source, where it led to an item of the same site."""
        address, hash_sign, anchor = href.strip().partition("#")
        if not address or _SCHEME.match(address):
            return href
        if not address.startswith(("http://", "https://", "/")):
            address = joined(self._post.get("link") or f"{self._known.base}/", address)
        path = old_path(address, self._known.base)
        target = self._known.by_address.get(path) if path else None
        if target == self._place.path and anchor:
            return f"#{anchor}"
        if target:
            self._links.append((href, reason("import-anchor", to=target) if anchor else target))
            return posixpath.relpath(target, posixpath.dirname(self._place.path))
        whole = joined(f"{self._known.base}/", address)
        if path and (document := self._pictures.document(path)):
            return document
        if path and not PICTURE_FILE.search(path) and path not in self._known.pages:
            self._links.append((href, reason("import-link-lost")))
        return f"{whole}{hash_sign}{anchor}"


def _with(node: Element, **attributes: str) -> Element:
    kept = {**dict(node.attributes), **attributes}
    return node._replace(attributes=tuple(sorted(kept.items())))


def _captioned(nodes: Nodes) -> Iterator[Node]:
    """What is in a figure of the old editor, with its caption as such."""
    for node in nodes:
        if isinstance(node, str):
            yield node
        elif node.has_class("wp-caption-text"):
            yield Element("figcaption", (), node.content)
        else:
            yield Element("div", (), node.content) if node.tag == "dt" else node


def _missing(wanted: list[str], shown: str, losses: Iterable[Loss]) -> tuple[str, ...]:
    """Visible words that are neither in the text nor among what is named as lost."""
    got = words(shown)
    if wanted == got:
        return ()
    left = Counter(wanted) - Counter(got)
    if left:
        left -= Counter(words(" ".join(loss.said for loss in losses)))
    return tuple(left.elements())[:100]

"""An export of WordPress as items: what is written where, and what leads where."""

import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

import msgspec

from generator.front_matter.dates import FIRST_YEAR, LAST_YEAR
from generator.importers import wordpress_text, wxr
from generator.importers.addresses import Taken, common_pattern
from generator.importers.archive import Account, Item, Section, Settings
from generator.importers.html_to_markdown import as_html, of_nodes
from generator.importers.html_tree import (
    Element,
    Node,
    Nodes,
    element,
    parse,
    text,
    visible_text,
    walk,
    words,
)
from generator.importers.pictures import Pictures
from generator.importers.reduced_html import Loss
from generator.importers.wordpress_text import Attachment, Library
from generator.importers.wxr import Channel, Post, Term
from generator.markdown.convert import convert
from generator.model.addresses import flaw, slug
from generator.model.article import Image

_INTERNAL: Final = frozenset(
    """revision customize_changeset custom_css oembed_cache wp_global_styles wp_template
    wp_template_part wp_navigation wp_font_family wp_font_face user_request jp_pay_order feedback
    flamingo_contact flamingo_inbound acf-field acf-field-group""".split()  # noqa: SIM905 - a list of names
)
"""Types of items that are settings, or what readers sent."""
_NO_DATE: Final = "0000-00-00 00:00:00"
_MOST_SECTIONS: Final = 12
_ZONES: Final = (
    "Europe/Berlin", "UTC", "Europe/London", "Europe/Athens", "America/New_York",
    "America/Chicago", "America/Denver", "America/Los_Angeles", "Asia/Kolkata", "Asia/Tokyo",
    "Australia/Sydney", "America/Sao_Paulo", "Asia/Shanghai", "Europe/Moscow",
)  # fmt: skip
"""Whose offsets a site's times are held against; exports do not name the zone."""
_SIZE: Final = re.compile(r"-\d{1,5}x\d{1,5}(?=\.[A-Za-z0-9]+$)|-scaled(?=\.[A-Za-z0-9]+$)")
_CREDIT_META: Final = ("_media_credit", "media_credit", "_credit", "credit", "copyright",
                       "isc_image_source", "photographer")  # fmt: skip
_SERIALISED_CREDIT: Final = re.compile(r's:6:"credit";s:\d+:"([^"]+)"')
_IMAGE_ID: Final = re.compile(r"wp-image-(\d+)")
_PICTURE_FILE: Final = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|svg)$", re.IGNORECASE)


class Placed(NamedTuple):
    """Where an item goes."""

    path: str
    slug: str
    aliases: tuple[str, ...]
    address: str


class Plan(NamedTuple):
    """What is known of all exports before the first text is read."""

    settings: Settings
    library: Library
    places: Mapping[str, Placed]
    by_address: Mapping[str, str]
    sections: Mapping[str, str]
    spellings: Mapping[str, str]
    authors: Mapping[str, str]
    zone: ZoneInfo
    base: str
    newest: str
    others: tuple[Account, ...]
    files: Mapping[str, Attachment]


def key_of(post: Post, base: str) -> str:
    """What a second run knows an item by."""
    return f"{urlsplit(base).netloc}/{post.get('id') or post.get('link') or post.line}"


def plan(sources: Sequence[Path], known: Mapping[str, str]) -> Plan:
    """Looks through the exports; `known` has the paths of items that came in before, by their keys.

    PortalError: one of them cannot be read.
    """
    posts: dict[str, tuple[Path, Post]] = {}
    channel = Channel({}, {}, ())
    terms: dict[tuple[str, str], Term] = {}
    authors: dict[str, str] = {}
    attachments: dict[str, Attachment] = {}
    blocks: dict[str, str] = {}
    others: list[Account] = []
    found: list[tuple[Path, Post]] = []
    for source in sources:
        for each in wxr.read(source, texts=False):
            if isinstance(each, Channel):
                channel = channel if channel.fields else each
                authors = {**each.authors, **authors}
                terms.update({(term.domain, term.nicename): term for term in each.terms})
            else:
                found.append((source, each))
    base = (channel.fields.get("base_blog_url") or channel.fields.get("link") or "").rstrip("/")
    menus: list[Post] = []
    for source, post in found:
        key = key_of(post, base)
        if post.type == "attachment":
            attachments[post.get("id")] = _attachment(post)
        elif post.type == "wp_block":
            blocks[post.get("id")] = post.get("content")
            others.append(_other(source, post, key, "used", "a block that stands in other texts"))
        elif post.type == "nav_menu_item":
            menus.append(post)
        elif post.type in _INTERNAL:
            others.append(
                _other(source, post, key, "left out", f"a setting of WordPress ({post.type})")
            )
        elif post.get("status") in ("trash", "auto-draft"):
            others.append(
                _other(source, post, key, "left out", f"thrown away there ({post.get('status')})")
            )
        elif key in posts:
            others.append(_other(source, post, key, "left out", "stands in the exports twice"))
        else:
            posts[key] = source, post
    zone = _zone(post for _, post in posts.values())
    ordered = [post for _, post in posts.values()]
    sections, section_of = _sections(ordered, terms)
    spellings, synonyms = _spellings(ordered, section_of)
    initials = _initials(authors)
    dates = [post.get("date") for post in ordered if post.get("date") > _NO_DATE]
    newest = max(dates, default="2000-01-01 00:00:00")
    public = [post for post in ordered if post.type != "page" and post.get("status") == "publish"]
    pattern = common_pattern(
        [
            (path, _slug(p), *p.get("date")[:10].split("-"))
            for p in public
            if (path := _old_path(p.get("link"), base))
        ]
    )
    taken = Taken()
    places = {
        key: _placed(post, pattern, taken, _day(post, newest, zone), base, known.get(key, ""))
        for key, (_, post) in sorted(
            posts.items(), key=lambda each: each[1][1].get("status") != "publish"
        )
    }
    by_address = {
        path: places[key].path
        for key, (_, post) in posts.items()
        for path in (
            _old_path(post.get("link"), base),
            _old_path(f"?p={post.get('id')}", base, True),
        )
        if path
    }
    files = {_bare(file.url): file for file in attachments.values() if file.url}
    of_parent: dict[str, list[str]] = {}
    for file in attachments.values():
        if _PICTURE_FILE.search(file.url):
            of_parent.setdefault(file.parent, []).append(file.id)
    navigation, told = _menus(menus, posts, places, section_of, terms, base)
    others += [_other(found[0][0], post, key_of(post, base), "used", why) for post, why in told]
    settings = Settings(
        title=text(parse(channel.fields.get("title") or "Mein Portal")).strip() or "Mein Portal",
        address=_origin(base),
        description=text(parse(channel.fields.get("description", ""))).strip(),
        language=(channel.fields.get("language") or "de").split("-")[0].lower(),
        time_zone=zone.key,
        sections=sections,
        authors={initials[login]: name for login, name in authors.items() if login in initials},
        navigation=navigation,
        addresses={
            "article": pattern,
            "section": "/category/{section}/",
            "keywords": "/tag/",
            "keyword": "/tag/{keyword}/",
            "author": "/author/{author}/",
        },
        synonyms=synonyms,
    )
    library = Library(attachments, blocks, {k: tuple(v) for k, v in of_parent.items()})
    return Plan(
        settings, library, places, by_address, section_of, spellings,
        {login: initials[login] for login in initials}, zone, base, newest, tuple(others), files,
    )  # fmt: skip


def _other(source: Path, post: Post, key: str, status: str, why: str) -> Account:
    return msgspec.convert(
        {"key": key, "origin": f"{source.name}:{post.line}", "title": post.get("title"),
         "status": status, "why": why, "old_address": post.get("link")}, Account,
    )  # fmt: skip


def _attachment(post: Post) -> Attachment:
    credit = next((post.meta[name] for name in _CREDIT_META if post.meta.get(name)), "")
    found = _SERIALISED_CREDIT.search(post.meta.get("_wp_attachment_metadata", ""))
    return Attachment(
        post.get("id"),
        post.get("attachment") or post.get("link"),
        " ".join(post.meta.get("_wp_attachment_image_alt", "").split()),
        post.get("excerpt").strip(),
        (credit or (found[1] if found else "")).strip(),
        post.get("parent"),
    )


def _moment(local: str, utc: str) -> datetime | None:
    """A moment with the distance from UTC that it was written with."""
    try:
        at = datetime.fromisoformat(local.strip())
        if local.startswith("0000"):
            return None
        if utc and not utc.startswith("0000"):
            distance = at - datetime.fromisoformat(utc.strip())
            if abs(distance) < timedelta(hours=15):
                minutes = round(distance.total_seconds() / 900) * 15
                return at.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    except ValueError:
        return None
    return at if FIRST_YEAR <= at.year <= LAST_YEAR else None


def _zone(posts: Iterable[Post]) -> ZoneInfo:
    """The zone whose offsets most of the times have."""
    moments = [m for p in posts if (m := _moment(p.get("date"), p.get("date_gmt"))) and m.tzinfo][
        :2000
    ]
    zones = [ZoneInfo(name) for name in _ZONES]
    return max(
        zones,
        key=lambda zone: sum(m.utcoffset() == m.astimezone(zone).utcoffset() for m in moments),
    )


def _old_path(link: str, base: str, query: bool = False) -> str:
    """The path of an address of the old site; "" where it is another site's, or a query."""
    if query:
        return f"/{link}"
    parts = urlsplit(link.strip())
    if parts.netloc and parts.netloc.removeprefix("www.") != urlsplit(base).netloc.removeprefix(
        "www."
    ):
        return ""
    if not parts.path.startswith("/") or parts.path == "/" or parts.query:
        return (
            f"/?{parts.query}"
            if re.fullmatch(r"(?:p|page_id|attachment_id)=\d+", parts.query)
            else ""
        )
    path = unquote(parts.path)
    return path if "." in posixpath.basename(path) or path.endswith("/") else f"{path}/"


def _origin(base: str) -> str:
    parts = urlsplit(base)
    return (
        f"{parts.scheme or 'https'}://{parts.netloc}" if parts.netloc else "https://www.example.org"
    )


def _slug(post: Post) -> str:
    return slug(unquote(post.get("name"))) or slug(post.get("title")) or f"beitrag-{post.get('id')}"


def _day(post: Post, newest: str, zone: ZoneInfo) -> str:
    """The day of an item in the portal's time zone, as it stands in its address."""
    at = _dated(post)
    if at is None:
        return newest[:10]
    return (at.astimezone(zone) if at.tzinfo else at).date().isoformat()


def _dated(post: Post) -> datetime | None:
    """When an item appeared, or was changed last if it never did."""
    return _moment(post.get("date"), post.get("date_gmt")) or _moment(
        post.get("modified"), post.get("modified_gmt")
    )


def _placed(post: Post, pattern: str, taken: Taken, day: str, base: str, known: str) -> Placed:
    """Where an item goes; `known` is where it went before."""
    year, month, date = day.split("-")
    wanted = _slug(post)
    is_page = post.type == "page"
    own = "/{slug}/" if is_page else pattern

    def address(name: str) -> str:
        return own.format(year=year, month=month, day=date, slug=name, section="")

    name = taken.name(wanted, address)
    folder = "seiten" if is_page else f"{year}/{month}"
    path = known or taken.path(f"{folder}/{name}.md")
    old = _old_path(post.get("link"), base)
    moved = old and not old.startswith("/?") and old != address(name)
    aliases = (old,) if moved and flaw(old) is None and taken.alias(old) else ()
    stem = posixpath.basename(path).removesuffix(".md")
    return Placed(path, name if stem != name else "", aliases, address(name))


def _sections(
    posts: Iterable[Post], terms: Mapping[tuple[str, str], Term]
) -> tuple[tuple[Section, ...], dict[str, str]]:
    """The sections: the categories, each below its topmost one, that most articles are in."""

    def top(term: Term) -> Term:
        for _ in range(10):
            above = terms.get(("category", term.parent)) if term.parent else None
            if above is None or above.parent == term.nicename:
                break
            term = above
        return terms.get((term.domain, term.nicename), term)

    counts: Counter[str] = Counter()
    found: dict[str, Term] = {}
    for post in posts:
        for term in _categories(post)[:1]:
            above = top(terms.get(("category", term.nicename), term))
            found[above.name] = above
            counts[above.name] += 1
    chosen = [
        name for name, _ in counts.most_common(_MOST_SECTIONS) if slug(found[name].nicename or name)
    ]
    ids: dict[str, str] = {}
    sections: list[Section] = []
    for name in chosen:
        nicename = unquote(found[name].nicename)
        own = nicename if slug(nicename) == nicename else slug(nicename or name)
        if own in (section.id for section in sections):
            continue
        sections.append(Section(own, name))
        ids[name] = own
    if not sections or len(counts) > len(chosen):
        fallback = "beitraege"
        sections.append(Section(fallback, "Beiträge"))
        ids[""] = fallback
    ids.setdefault("", sections[0].id)
    of_term = dict(ids)
    for (domain, _), term in terms.items():
        if domain == "category" and top(term).name in ids:
            of_term.setdefault(term.name, ids[top(term).name])
    return tuple(sections), of_term


def _categories(post: Post) -> list[Term]:
    """The categories of an item, the one that its author called the main one first."""
    main = post.meta.get("_yoast_wpseo_primary_category") or post.meta.get(
        "rank_math_primary_category"
    )
    found = [term for term in post.terms if term.domain == "category"]
    return sorted(found, key=lambda term: (term.nicename != main, term.nicename == "uncategorized"))


def _spellings(
    posts: Iterable[Post], sections: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """The spelling of each keyword that counts, by its address, and the others as synonyms."""
    counts: dict[str, Counter[str]] = {}
    for post in posts:
        for term in post.terms:
            if term.domain in ("post_tag", "tag", "category") and slug(term.name):
                counts.setdefault(slug(term.name).replace("-", ""), Counter())[term.name] += 1
    chosen: dict[str, str] = {}
    synonyms: dict[str, tuple[str, ...]] = {}
    for alike in counts.values():
        first = min(alike, key=lambda name: (-alike[name], name))
        chosen |= {slug(name): first for name in alike}
        if len(alike) > 1:
            synonyms[first] = tuple(sorted(set(alike) - {first}))
    return chosen, synonyms


def _initials(authors: Mapping[str, str]) -> dict[str, str]:
    """What each author is called in front matter: the login, but never an e-mail address."""
    made: dict[str, str] = {}
    by_name: dict[str, str] = {}
    for login, name in authors.items():
        shown = name if "@" not in name else name.partition("@")[0]
        own = slug(login) if "@" not in login else slug(shown)
        own = own or slug(shown)
        if not own:
            continue
        if shown in by_name:
            made[login] = by_name[shown]
            continue
        while own in made.values():
            own += "-2"
        made[login] = by_name[shown] = own
    return made


def _menus(
    entries: Sequence[Post], posts: Mapping[str, tuple[Path, Post]], places: Mapping[str, Placed],
    sections: Mapping[str, str], terms: Mapping[tuple[str, str], Term], base: str,
) -> tuple[tuple[tuple[str, str], ...], list[tuple[Post, str]]]:  # fmt: skip
    """The navigation: the menu called main or primary, else the longest; what became of entries."""
    menus: dict[str, list[Post]] = {}
    for post in entries:
        name = next((term.nicename for term in post.terms if term.domain == "nav_menu"), "")
        menus.setdefault(name, []).append(post)
    told: list[tuple[Post, str]] = []
    chosen = max(
        menus,
        key=lambda name: (bool(re.search("main|primary|haupt|top", name)), len(menus[name])),
        default="",
    )
    shown: dict[str, str] = {}
    by_id = {post.get("id"): key for key, (_, post) in posts.items()}
    for name, menu in menus.items():
        for post in sorted(menu, key=lambda each: int(each.get("order") or 0)):
            label, address, why = _entry(post, by_id, posts, places, sections, terms, base)
            if name != chosen:
                why = f"an entry of another menu ({name}), leads to {address or 'nothing'}"
            elif post.meta.get("_menu_item_menu_item_parent", "0") != "0":
                why = f"an entry below another one, leads to {address or 'nothing'}"
            elif address and label and address not in shown.values():
                shown.setdefault(label, address)
                why = "navigation in portal.toml"
            told.append((post, why or "leads to nothing that came in"))
    return tuple(shown.items()), told


def _entry(
    post: Post, by_id: Mapping[str, str], posts: Mapping[str, tuple[Path, Post]],
    places: Mapping[str, Placed], sections: Mapping[str, str],
    terms: Mapping[tuple[str, str], Term], base: str,
) -> tuple[str, str, str]:  # fmt: skip
    kind, object_id = (
        post.meta.get("_menu_item_type", ""),
        post.meta.get("_menu_item_object_id", ""),
    )
    label = " ".join(text(parse(post.get("title"))).split())
    if kind == "post_type" and object_id in by_id:
        key = by_id[object_id]
        other = posts[key][1]
        if other.get("status") != "publish" or other.protected:
            return label, "", "leads to what is not public"
        return label or other.get("title"), places[key].address, ""
    if kind == "taxonomy":
        named = sections.get(label)
        return (
            label,
            f"/category/{named}/" if named else "",
            "" if named else "leads to a category that is no section",
        )
    url = post.meta.get("_menu_item_url", "").strip()
    if url.rstrip("/") in (base, "", "#") or url == "/":
        return label, "/" if url and url != "#" else "", ""
    return label, url if url.startswith(("http://", "https://", "/")) else "", ""


# -- Items -----------------------------------------------------------------------------------------


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
            key, f"{name}:{post.line}", post.get("title") or file.url, "used" if to else "left out",
            path=to, why="" if to else pictures.reason(file.url), old_address=post.get("link"),
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
        self._links: list[tuple[str, str]] = []
        self._missed: list[tuple[str, str]] = []

    def item(self) -> Item:
        post, known = self._post, self._known
        shown = wordpress_text.text(
            post.get("content"), post.get("id"), known.library, post.meta.get("footnotes", "")
        )
        nodes = parse(shown.html)
        notes = {label: parse(note) for label, note in shown.notes.items()}
        wanted = words(" ".join(map(visible_text, (nodes, *notes.values()))))
        nodes = tuple(self._mended(nodes))
        made = of_nodes(nodes, {label: tuple(self._mended(note)) for label, note in notes.items()})
        losses = (*shown.losses, *made.losses)
        is_page = post.type == "page"
        lead = " ".join(text(parse(post.get("excerpt"))).split())
        title = " ".join(text(parse(post.get("title"))).split())
        hidden = self._hidden()
        fields: dict[str, object] = {
            "title": title or lead[:60] or self._place.slug or "Ohne Titel",
            "lead": lead,
            "date": self._date() or known.newest[:16],
            "updated": self._updated(),
            "section": self._section(),
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
            self._key, f"{self._name}:{post.line}", title, "draft" if hidden else "page" if is_page else "article",
            self._place.path, self._place.address, old, hidden, len(wanted),
            _missing(wanted, made.shown, losses), tuple(self._missed), tuple(self._links), losses,
            len(post.comments),
        )  # fmt: skip
        return Item(account, fields, made.text)

    def _hidden(self) -> str:
        """Why an item is not for readers, "" where it is."""
        post = self._post
        if post.protected:
            return "was protected by a password"
        if post.get("status") not in ("publish", ""):
            return f"was not public there ({post.get('status')})"
        return "" if post.type in ("post", "page") else f"a type of its own ({post.type}): decide"

    def _date(self) -> str:
        return _written(_dated(self._post))

    def _updated(self) -> str:
        at = _moment(self._post.get("modified"), self._post.get("modified_gmt"))
        changed = _written(at)
        return changed if changed[:16] > self._date()[:16] else ""

    def _section(self) -> str:
        sections = self._known.sections
        return next(
            (sections[t.name] for t in _categories(self._post) if t.name in sections), sections[""]
        )

    def _keywords(self) -> tuple[str, ...]:
        section, found = self._section(), {}
        for term in self._post.terms:
            own = self._known.spellings.get(slug(term.name), "")
            is_section = (
                term.domain == "category"
                and self._known.sections.get(term.name) == section
                and slug(term.name) == slug(own)
            )
            names = {s.name for s in self._known.settings.sections if s.id == section}
            if (
                own
                and term.domain in ("category", "post_tag", "tag")
                and not (is_section and term.name in names)
                and term.nicename != "uncategorized"
            ):
                found[slug(own)] = own
        return tuple(found.values())

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
            self._missed.append((file.url, self._pictures.reason(file.url)))
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
            elif node.tag == "a" and node.get("href"):
                content = tuple(self._mended(node.content))
                if self._is_of_picture(node):
                    yield from content
                    continue
                yield _with(node._replace(content=content), href=self._link(node.get("href")))
            else:
                yield node._replace(content=tuple(self._mended(node.content)))

    def _is_of_picture(self, link: Element) -> bool:
        """Whether a link around a picture leads to the picture itself, or to its page there."""
        if text(link.content).strip() or not any(e.tag == "img" for e in walk(link.content)):
            return False
        path = _old_path(link.get("href"), self._known.base)
        return bool(_PICTURE_FILE.search(link.get("href").split("?")[0])) or (
            bool(path) and path not in self._known.by_address
        )

    def _picture(self, node: Element) -> Element:
        src = node.get("src") or node.get("data-src") or node.get("data-lazy-src")
        src = (
            f"{self._known.base}{src}" if src.startswith("/") and not src.startswith("//") else src
        )
        found = _IMAGE_ID.search(node.get("class"))
        file = self._known.library.files.get(found[1]) if found else None
        file = file or self._known.files.get(_bare(src))
        to = self._pictures.place(src) or (self._pictures.place(file.url) if file else "")
        alt = node.get("alt") or (file.alt if file else "")
        if not to:
            self._missed.append((src, self._pictures.reason(src)))
        return element("img", src=to or (f"https:{src}" if src.startswith("//") else src), alt=alt)

    def _link(self, href: str) -> str:
        """Where a link leads here: to a source, where it led to an item of the same site."""
        address, hash_sign, anchor = href.strip().partition("#")
        if not address or address.startswith(("mailto:", "tel:")):
            return href
        path = _old_path(address, self._known.base)
        target = self._known.by_address.get(path) if path else None
        if target:
            own = posixpath.dirname(self._place.path)
            self._links.append((href, target))
            return f"{posixpath.relpath(target, own)}{hash_sign}{anchor}"
        if address.startswith("/") and not address.startswith("//"):
            self._links.append((href, "leads to nothing that came in"))
            return f"{self._known.base}{href}"
        if path and not _PICTURE_FILE.search(path):
            self._links.append((href, "leads to nothing that came in"))
        return href


def _with(node: Element, **attributes: str) -> Element:
    kept = {**dict(node.attributes), **attributes}
    return node._replace(attributes=tuple(sorted(kept.items())))


def _bare(url: str) -> str:
    """The address of a file without its scheme and without the size of a variant."""
    return _SIZE.sub("", url.split("?")[0].split("://")[-1])


def _missing(wanted: list[str], shown: str, losses: Iterable[Loss]) -> tuple[str, ...]:
    """Visible words that are neither in the text nor among what is named as lost."""
    left = Counter(wanted) - Counter(words(shown))
    if left:
        left -= Counter(words(" ".join(loss.said for loss in losses)))
    return tuple(left.elements())[:100]

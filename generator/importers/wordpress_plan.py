"""What is known of exports of WordPress before the first text is read: what goes where."""

import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from generator.config.permalink_patterns import Addresses
from generator.front_matter.dates import FIRST_YEAR, LAST_YEAR
from generator.importers import wxr
from generator.importers.addresses import Taken, common_pattern, spellings_and_synonyms
from generator.importers.archive import Account, Section, Settings, Status
from generator.importers.attachments import Attachment
from generator.importers.html_tree import names, parse, text
from generator.importers.reasons import Reason, reason
from generator.importers.web_addresses import NOWHERE, origin, split
from generator.importers.wordpress_text import Library
from generator.importers.wxr import Post, Term
from generator.model.addresses import flaw, slug

_INTERNAL: Final = names(
    """revision customize_changeset custom_css oembed_cache wp_global_styles wp_template
    wp_template_part wp_navigation wp_font_family wp_font_face user_request jp_pay_order feedback
    flamingo_contact flamingo_inbound acf-field acf-field-group"""
)
"""Types of items that are settings, or what readers sent."""
_LONG_AGO: Final = "2000-01-01 00:00:00"
_PATTERNS: Final = ("article", "section", "keywords", "keyword", "author")
"""The patterns of addresses that WordPress has, too."""
KEYWORDS: Final = ("category", "post_tag", "tag")
"""The terms that become keywords."""
_MAIN: Final = re.compile("main|primary|haupt|top")
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
_CARRIER: Final = re.compile(r"^(?:https?:)?//(?:i\d\.wp\.com/)?(?:www\.)?")
_NUMBER: Final = re.compile(r"(?:p|page_id|attachment_id)=\d+")
_ASIDE: Final = re.compile(r"(?:(?:utm_\w+|fbclid|gclid|amp|replytocom|share)(?:=[^&]*)?&?)*")
"""Queries that lead to no other page."""
PICTURE_FILE: Final = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|svg)$", re.IGNORECASE)


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
    pages: frozenset[str]
    """Addresses of the old site that lists of this portal have."""


def key_of(post: Post, base: str) -> str:
    """What a second run knows an item by."""
    return f"{split(base).netloc}/{post.get('id') or post.get('link') or post.line}"


class _Found:
    """Everything that stands in the exports, by what it is; texts of articles are passed over."""

    def __init__(self, sources: Sequence[Path]) -> None:
        self.channel: dict[str, str] = {}
        self.terms: dict[tuple[str, str], Term] = {}
        self.authors: dict[str, str] = {}
        self.posts: dict[str, tuple[Path, Post]] = {}
        self.files: dict[str, Attachment] = {}
        self.blocks: dict[str, str] = {}
        self.menus: list[tuple[Path, Post]] = []
        self.others: list[Account] = []
        posts: list[tuple[Path, Post]] = []
        for source in sources:
            for each in wxr.read(source, texts=False):
                if isinstance(each, Post):
                    posts.append((source, each))
                    continue
                self.channel = self.channel or each.fields
                self.authors = {**each.authors, **self.authors}
                self.terms |= {(term.domain, term.nicename): term for term in each.terms}
        self.base = self.channel.get("base_blog_url") or self.channel.get("link") or ""
        self.base = self.base.rstrip("/")
        for source, post in posts:
            self._sort(source, post)

    def _sort(self, source: Path, post: Post) -> None:
        key, state = key_of(post, self.base), post.get("status")
        if post.type == "attachment":
            self.files[post.get("id")] = _attachment(post)
        elif post.type == "nav_menu_item":
            self.menus.append((source, post))
        elif post.type == "wp_block":
            self.blocks[post.get("id")] = post.get("content")
            self.leave(source, post, "used", reason("import-block"))
        elif post.type in _INTERNAL:
            self.leave(source, post, "left-out", reason("import-setting", type=post.type))
        elif state in ("trash", "auto-draft"):
            self.leave(source, post, "left-out", reason("import-thrown-away", state=state))
        elif key in self.posts:
            self.leave(source, post, "left-out", reason("import-twice"))
        else:
            self.posts[key] = source, post

    def leave(self, source: Path, post: Post, status: Status, why: Reason) -> None:
        """Accounts for an item that becomes no source."""
        self.others.append(
            Account(
                key_of(post, self.base), f"{source.name}:{post.line}", post.get("title"), status,
                why=why, old_address=post.get("link"),
            )
        )  # fmt: skip


def plan(sources: Sequence[Path], known: Mapping[str, str], there: Addresses | None) -> Plan:
    """Looks through the exports; `known` has the paths of items that came in before, by their keys.

    `there` are the patterns of a portal that is added to.  PortalError: one cannot be read.
    """
    found = _Found(sources)
    base = found.base
    ordered = [post for _, post in found.posts.values()]
    zone = _zone(ordered)
    sections, of_category = _sections(ordered, found.terms)
    chosen, synonyms = spellings_and_synonyms(
        term.name for post in ordered for term in post.terms
        if term.domain in KEYWORDS and slug(term.name)
    )  # fmt: skip
    initials = _initials(found.authors)
    newest = max((said for p in ordered if moment_of(said := p.get("date"), "")), default=_LONG_AGO)
    patterns = there or Addresses(
        article=_pattern(ordered, base, of_category),
        section="/category/{section}/",
        keywords="/tag/", keyword="/tag/{keyword}/",
        author="/author/{author}/",
    )  # fmt: skip
    places = _places(found, patterns, known, newest, zone, of_category)
    by_address = {
        old: places[key].path
        for key, (_, post) in found.posts.items()
        for old in (
            old_path(post.get("link"), base),
            *(f"/?{p}={post.get('id')}" for p in ("p", "page_id")),
        )
        if old
    }
    of_parent: dict[str, list[str]] = {}
    for file in found.files.values():
        if PICTURE_FILE.search(file.url):
            of_parent.setdefault(file.parent, []).append(file.id)
    navigation = _menus(found, places, of_category, patterns)
    channel = found.channel
    settings = Settings(
        title=text(parse(channel.get("title", ""))).strip() or "Mein Portal",
        address=origin(base) or NOWHERE,
        description=text(parse(channel.get("description", ""))).strip(),
        language=(channel.get("language") or "de").split("-")[0].lower(),
        time_zone=zone.key,
        sections=sections,
        authors={initials[login]: _shown(name) for login, name in found.authors.items()
                 if login in initials},
        navigation=navigation,
        addresses={name: getattr(patterns, name) for name in _PATTERNS},
        synonyms=synonyms,
    )  # fmt: skip
    library = Library(
        found.files, found.blocks, {parent: tuple(ids) for parent, ids in of_parent.items()}
    )
    files = {bare_file(file.url): file for file in found.files.values() if file.url}
    lists = [patterns.section.format(section=section.id) for section in sections]
    lists += [patterns.keyword.format(keyword=slug(name)) for name in chosen.values()]
    lists += [patterns.author.format(author=own) for own in initials.values()]
    return Plan(
        settings, library, places, by_address, of_category, chosen, initials, zone, base, newest,
        tuple(found.others), files, frozenset(lists),
    )  # fmt: skip


def _pattern(posts: Iterable[Post], base: str, sections: Mapping[str, str]) -> str:
    public = [p for p in posts if p.type != "page" and p.get("status") == "publish"]
    return common_pattern(
        (old, _slug(p), section_of(p, sections), *p.get("date")[:10].split("-"))
        for p in public
        if moment_of(p.get("date"), "")
        and (old := old_path(p.get("link"), base))
        and not old.startswith("/?")
    )


def _places(
    found: _Found, patterns: Addresses, known: Mapping[str, str], newest: str, zone: ZoneInfo,
    sections: Mapping[str, str],
) -> dict[str, Placed]:  # fmt: skip
    """Where each item goes; what is public chooses first."""
    taken = Taken()
    posts = sorted(found.posts.items(), key=lambda each: each[1][1].get("status") != "publish")
    places: dict[str, Placed] = {}
    for key, (_, post) in posts:
        own = patterns.standing if post.type == "page" else patterns.article
        own = own.replace("{section}", section_of(post, sections))
        day = _day(post, newest, zone)
        places[key] = _placed(post, own, taken, day, found.base, known.get(key, ""))
    return places


def section_of(post: Post, sections: Mapping[str, str]) -> str:
    """The section of an item: that of its first category that is in one."""
    return next((sections[t.name] for t in categories_of(post) if t.name in sections), sections[""])


def _shown(name: str) -> str:
    """A name as readers see it; where it is an e-mail address, not the whole of it."""
    return name.partition("@")[0] if "@" in name else name


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


def moment_of(local: str, utc: str) -> datetime | None:
    """A moment with the distance from UTC that it was written with."""
    try:
        at = datetime.fromisoformat(local.strip())
        if not FIRST_YEAR <= at.year <= LAST_YEAR:
            return None
        if utc and not utc.startswith("0000"):
            distance = at - datetime.fromisoformat(utc.strip())
            if abs(distance) < timedelta(hours=15):
                minutes = round(distance.total_seconds() / 900) * 15
                return at.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    except ValueError:
        return None
    return at


def _zone(posts: Iterable[Post]) -> ZoneInfo:
    """The zone whose offsets most of the times have."""
    known = (moment_of(post.get("date"), post.get("date_gmt")) for post in posts)
    moments = [*islice((at for at in known if at and at.tzinfo), 2000)]

    def agreeing(zone: ZoneInfo) -> int:
        return sum(at.utcoffset() == at.astimezone(zone).utcoffset() for at in moments)

    return max(map(ZoneInfo, _ZONES), key=agreeing)


def old_path(link: str, base: str) -> str:
    """The path of an address of the old site; "" where it is another site's, or a query."""
    parts = split(link.strip())
    host, own = (each.netloc.lower().removeprefix("www.") for each in (parts, split(base)))
    if host not in ("", own):
        return ""
    if number := _NUMBER.fullmatch(parts.query):
        return f"/?{number[0]}"
    if not parts.path.startswith("/") or parts.path == "/" or not _ASIDE.fullmatch(parts.query):
        return ""
    path = unquote(parts.path)
    return path if "." in posixpath.basename(path) or path.endswith("/") else f"{path}/"


def _slug(post: Post) -> str:
    return slug(unquote(post.get("name"))) or slug(post.get("title")) or f"beitrag-{post.get('id')}"


def _day(post: Post, newest: str, zone: ZoneInfo) -> str:
    """The day of an item in the portal's time zone, as it stands in its address."""
    at = dated(post)
    if at is None:
        return newest[:10]
    return (at.astimezone(zone) if at.tzinfo else at).date().isoformat()


def dated(post: Post) -> datetime | None:
    """When an item appeared, or was changed last if it never did."""
    return moment_of(post.get("date"), post.get("date_gmt")) or moment_of(
        post.get("modified"), post.get("modified_gmt")
    )


def _placed(post: Post, pattern: str, taken: Taken, day: str, base: str, known: str) -> Placed:
    """Where an item goes; `known` is where it went before."""
    year, month, date = day.split("-")
    wanted = _slug(post)
    is_page = post.type == "page"

    def address(name: str) -> str:
        return pattern.format(year=year, month=month, day=date, slug=name)

    name = taken.name(wanted, address)
    folder = "seiten" if is_page else f"{year}/{month}"
    path = known or taken.path(f"{folder}/{name}.md")
    old = old_path(post.get("link"), base)
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
        for term in categories_of(post)[:1]:
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


def categories_of(post: Post) -> list[Term]:
    """The categories of an item; that of what has none comes last."""
    found = [term for term in post.terms if term.domain == "category"]
    return sorted(found, key=lambda term: term.nicename == "uncategorized")


def _initials(authors: Mapping[str, str]) -> dict[str, str]:
    """What each author is called in front matter: the login, but never an e-mail address."""
    made: dict[str, str] = {}
    by_name: dict[str, str] = {}
    for login, name in authors.items():
        shown = _shown(name)
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
    found: _Found, places: Mapping[str, Placed], sections: Mapping[str, str], patterns: Addresses
) -> tuple[tuple[str, str], ...]:
    """The navigation: of the menu called main or primary, or the longest; accounts for all."""
    menus: dict[str, list[tuple[Path, Post]]] = {}
    for source, post in found.menus:
        name = next((term.nicename for term in post.terms if term.domain == "nav_menu"), "")
        menus.setdefault(name, []).append((source, post))
    chosen = max(menus, key=lambda name: (bool(_MAIN.search(name)), len(menus[name])), default="")
    shown: dict[str, str] = {}
    by_id = {post.get("id"): key for key, (_, post) in found.posts.items()}
    for name, menu in menus.items():
        for source, post in sorted(menu, key=lambda each: int(each[1].get("order") or 0)):
            label, address = _entry(post, by_id, found, places, sections, patterns)
            why = reason("import-link-lost")
            if name != chosen:
                why = reason("import-other-menu", menu=name, address=address or "–")
            elif post.meta.get("_menu_item_menu_item_parent", "0") != "0":
                why = reason("import-menu-below", address=address or "–")
            elif address and label and address not in shown.values():
                shown.setdefault(label, address)
                why = reason("import-navigation")
            found.leave(source, post, "used", why)
    return tuple(shown.items())


def _entry(
    post: Post, by_id: Mapping[str, str], found: _Found, places: Mapping[str, Placed],
    sections: Mapping[str, str], patterns: Addresses,
) -> tuple[str, str]:  # fmt: skip
    """What an entry of a menu is called, and where it leads here; "" if nowhere."""
    kind, number = post.meta.get("_menu_item_type", ""), post.meta.get("_menu_item_object_id", "")
    label = " ".join(text(parse(post.get("title"))).split())
    if kind == "post_type":
        key = by_id.get(number, "")
        other = found.posts[key][1] if key else None
        if other is None or other.get("status") != "publish" or other.protected:
            return label, ""
        return label or other.get("title"), places[key].address
    if kind == "taxonomy":
        named = sections.get(label)
        return label, patterns.section.format(section=named) if named else ""
    url = post.meta.get("_menu_item_url", "").strip()
    if url.rstrip("/") == found.base or url == "/":
        return label, "/"
    return label, url if url.startswith(("http://", "https://")) else ""


def bare_file(url: str) -> str:
    """The address of a file without scheme, without the size of a variant, by whomever it came."""
    return _SIZE.sub("", _CARRIER.sub("", url.split("?", maxsplit=1)[0]))

"""A folder of texts that were written for another generator, as an archive."""

import posixpath
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Final, NamedTuple, get_args
from zoneinfo import ZoneInfo

import msgspec

from generator.base.problems import PortalError, Problem
from generator.config.front_matter import FIELDS, HeadStyle
from generator.config.permalink_patterns import Addresses
from generator.config.portal import Portal
from generator.front_matter import foreign_heads, foreign_keys, reader
from generator.front_matter.foreign_heads import Head, Value
from generator.front_matter.schema import OF_ARTICLES
from generator.importers import folder_heads, folder_item, foreign_settings
from generator.importers.addresses import Taken, common_pattern, spellings_and_synonyms
from generator.importers.archive import Account, Item, Section, Settings, Source
from generator.importers.head_values import (
    CHANGES,
    LEADS,
    address_key,
    authors,
    day,
    moment,
    path_of,
    plain,
    several,
    single,
)
from generator.importers.html_tree import names
from generator.importers.many import Work, many
from generator.importers.old_addresses import Facts, old_address
from generator.importers.pictures import Pictures, is_picture
from generator.importers.reasons import Reason, reason
from generator.importers.web_addresses import NOWHERE, origin
from generator.markdown.convert import convert
from generator.model.addresses import flaw, slug
from generator.templates.html_addresses import joined

_TEXTS: Final = (".md", ".markdown", ".mkd", ".mdown", ".html", ".htm", ".rst")
_TEMPLATES: Final = (".njk", ".liquid")
"""Texts in HTML, where they have a date; without one, they make lists and pages of others."""
_OTHER_TEXTS: Final = (".org", ".adoc", ".asciidoc", ".textile", ".mdx", ".ipynb")
_ALL_TEXTS: Final = frozenset((*_TEXTS, *_TEMPLATES, *_OTHER_TEXTS))
_LONGEST: Final = 5_000_000
"""Bytes of a text; an article has some thousands."""
_PASSED_OVER: Final = names(
    """node_modules vendor themes layouts archetypes public output static i18n templates plugins
    test tests"""
)
"""Folders in which no texts are, besides those that begin with an underscore or a dot."""
_POSTS: Final = names("_posts _drafts posts")
_NO_TEXTS: Final = names(
    """readme license licence contributing changelog code_of_conduct security 404 search feed
    sitemap"""
)
_DATED: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[-_ T]\d\d[-:]\d\d)?[-_ ]+(?=.)")
_HEADING: Final = re.compile(
    r"\s*#[ \t]+(.+?)[ \t]*#*[ \t]*(?:\n|\Z)|\s*(\S[^\n]*)\n=+[ \t]*(?:\n|\Z)"
)
_SHOWN: Final = re.compile(r"(?:!\[[^\]]*\]\(\s*|src=\")([^\s\")]+)")
_ANCHOR: Final = re.compile(r"\bid=[\"']([^\"'\s]+)")
_DATES: Final = ("date", "publishdate", "pubdate", "published", "created", "published_at")
_GROUPS: Final = names("categories category topics topic")
"""What groups articles, in a text that may be in several groups."""
_NO_KEYWORDS: Final = names("post posts draft mathjax")
_MOST_SECTIONS: Final = 12


class Text(msgspec.Struct, frozen=True):
    """A text of the archive: its path there, the values of its head, and what is below it."""

    path: str
    fields: dict[str, Value]
    text: str
    style: str
    is_page: bool
    hidden: Reason | None
    title: str
    date: str
    slug: str
    old: str


class Place(NamedTuple):
    """Where a text goes: the source, its address, and the old addresses that lead there."""

    path: str
    address: str
    aliases: tuple[str, ...]


class Folder:
    """One archive in a folder; nothing in it is changed, and nothing of it is run."""

    def __init__(
        self, folder: Path, pictures: Pictures | None, known: Mapping[str, str],
        there: Addresses | None,
    ) -> None:  # fmt: skip
        self.folder = folder
        inner = folder / "content"
        self.content = inner if inner.is_dir() else folder
        self.found = foreign_settings.read(folder)
        self.comments: list[dict[str, object]] = []
        self.pictures = pictures or Pictures(folder)
        self.zone = _zone(self.found.text("timezone", "time_zone"))
        self.address = origin(
            self.found.text("url", "baseurl", "base_url", "siteurl", "site_url", "site.url")
        )
        self._others: list[Account] = []
        self._texts_by_path: dict[str, str] = {}
        self._anchors: dict[str, frozenset[str]] = {}
        self._today = datetime.now(self.zone).date().isoformat()
        self._collections = foreign_settings.collections_of(self.found.values.get("collections"))
        stated = self.found.values.get("languages") or self.found.values.get("translations")
        self._languages = {str(name) for name in stated} if isinstance(stated, dict) else set()
        self._languages -= {self.found.text("defaultcontentlanguage", "default_lang")}
        texts = list(self._read())
        newest = max((text.date for text in texts), default="") or self._today
        self.texts = [
            text if text.date or text.is_page else msgspec.structs.replace(text, date=newest)
            for text in texts
        ]
        self.kind = self._kind()
        self.sections = self._sections()
        self.fallback = "beitraege" if "beitraege" in self.sections else next(iter(self.sections))
        named = (name for text in self.texts for name in self.keywords(text))
        self.spellings, self._synonyms = spellings_and_synonyms(named)
        self._addresses = there or Addresses()
        self._pattern = there.article if there else self._common_pattern()
        self.places = self._placed(known)
        self.by_address, self.by_name = self._looked_up()
        self.settings = self._settings()

    def pictured(self) -> Iterator[str]:
        """The addresses of pictures that texts show, and that the site had."""
        for text in self.texts:
            for address in _SHOWN.findall(text.text):
                bare = address.replace("{{site.url}}", "").replace("{{ site.url }}", "")
                whole = joined(f"{self.address}{text.old or '/'}", bare)
                if is_picture(whole) and whole.startswith("http"):
                    yield whole

    def items(self, work: Work) -> Iterator[Source | Account]:
        """All texts in the order of their paths, then what is none."""
        yield from many(self._item, self.texts, _lost, work)
        yield from self._others

    def _item(self, text: Text) -> Item:
        return folder_item.item(text, self)

    # -- what there is -----------------------------------------------------------------------------

    def _kind(self) -> str:
        if self.found.kind != "Markdown":
            return self.found.kind
        if any("{{<" in text.text for text in self.texts[:300]):
            return "Hugo"
        styles = Counter(text.style for text in self.texts).most_common(1)
        named = {"pelican": "Pelican", "nikola": "Nikola", "toml": "Hugo"}
        return named.get(styles[0][0] if styles else "", "Markdown")

    def _read(self) -> Iterator[Text]:
        for file in sorted(self._files()):
            path = file.relative_to(self.folder).as_posix()
            try:
                if file.stat().st_size > _LONGEST:
                    self._leave_out(path, reason("import-large", limit=_LONGEST // 1_000_000))
                elif file.suffix.lower() == ".rst":
                    self._leave_out(path, reason("import-restructured"))
                elif file.suffix.lower() in _OTHER_TEXTS:
                    self._leave_out(path, reason("import-other-format", ending=file.suffix))
                elif found := self._text(path, folder_heads.head_of(file, path, self.found)):
                    yield found
            except PortalError as error:
                self._leave_out(path, reason("import-unreadable"), error.problems)
            except OSError:
                self._leave_out(path, reason("import-unreadable"))

    def _leave_out(self, path: str, why: Reason, refused: tuple[Problem, ...] = ()) -> None:
        self._others.append(Account(path, path, path, "left-out", why=why, refused=refused))

    def _files(self) -> Iterator[Path]:
        pending = [self.content]
        while pending:
            for entry in pending.pop().iterdir():
                if entry.is_symlink() or entry.name.startswith("."):
                    continue
                if entry.is_dir():
                    own = entry.name in _POSTS or entry.name[1:] in self._collections
                    if (own or not entry.name.startswith("_")) and entry.name not in _PASSED_OVER:
                        pending.append(entry)
                elif entry.is_file() and entry.suffix.lower() in _ALL_TEXTS:
                    yield entry

    def _text(self, path: str, head: Head) -> Text | None:
        fields = head.fields
        folder, name = posixpath.split(path)
        stem = posixpath.splitext(name)[0]
        parts = folder.split("/")
        is_post = not _POSTS.isdisjoint(parts)
        if stem.lower() in _NO_TEXTS or stem == "_index" or not (fields or is_post):
            is_list = stem == "_index"
            self._leave_out(path, reason("import-list" if is_list else "import-no-head"))
            return None
        if stem == "index" and folder:
            stem = parts[-1]
        stem, _, language = stem.rpartition(".") if stem[-3:-2] == "." else (stem, "", "")
        if language not in self._languages:
            stem, language = (f"{stem}.{language}" if language else stem), ""
        dated = _DATED.match(stem)
        bare = stem[dated.end() :] if dated else stem
        date = day(fields, _DATES, self.zone)
        planned = day(fields, ("publishdate",), self.zone)
        if planned[:10] > self._today and planned > date:
            date = planned
        if not date and dated:
            date = moment("-".join(part.zfill(2) for part in dated.groups()), self.zone)
        if not date and is_post:
            date = day(fields, CHANGES, self.zone)
        title, body = plain(single(fields.get("title"))), head.text
        if heading := _HEADING.match(body):
            shown = plain(heading[1] or heading[2])
            if not title or slug(shown) == slug(title):  # the page shows the title by itself
                title, body = title or shown, body[heading.end() :]
        own = slug(single(fields.get("slug"))) or slug(bare) or slug(title) or "text"
        is_page = not date and not is_post
        facts = Facts(path, fields, bare, own, date, self.categories(fields), is_page)
        hidden = reason("import-among-drafts") if "_drafts" in parts else self._hidden(path, fields)
        if not date and not (is_page or hidden):
            self._leave_out(path, reason("import-no-date"))
            return None
        if is_page and name.endswith(_TEMPLATES):
            self._leave_out(path, reason("import-no-date"))
            return None
        old = old_address(self.found, facts) if date or is_page else ""
        if language:
            own, old = f"{own}-{language}", f"/{language}{old}"
        return Text(path, fields, body, head.style, is_page, hidden, title or bare, date, own, old)

    def _hidden(self, path: str, fields: Mapping[str, Value]) -> Reason | None:
        """Why a text was not public, None where it was."""
        collection = path.split("/", maxsplit=1)[0][1:] if path.startswith("_") else ""
        if collection in self._collections and not self._collections[collection]:
            return reason("import-not-public", state="output: false")
        tags = {tag.lower() for tag in several(fields.get("tags"))}
        if self.found.kind == "Nikola" and not tags.isdisjoint(("draft", "private")):
            return reason("import-not-public", state="tags: draft")
        return folder_heads.hidden(fields)

    # -- sections, keywords, places ----------------------------------------------------------------

    def categories(self, fields: Mapping[str, Value]) -> list[str]:
        """The categories of a text; those of Jekyll may stand in one line with spaces."""
        value = fields.get("categories")
        spaced = isinstance(value, str) and self.found.kind == "Jekyll" and "," not in value
        given = [
            *several(fields.get("category")),
            *several(_table(fields).get("categories")),
            *(str(value).split() if spaced else several(value)),
        ]
        return [each for each in dict.fromkeys(given) if slug(each)]

    def folder_of(self, text: Text) -> str:
        """The folder that stands for the section of a text without categories."""
        parts = [
            part for part in posixpath.dirname(text.path).removeprefix("content").split("/")
            if part and not part.startswith("_") and not part.isdigit()
            and part not in ("src", "posts", "post", "articles", "blog")
        ]  # fmt: skip
        is_bundle = posixpath.basename(text.path).startswith("index.")
        return parts[0] if parts and not (is_bundle and len(parts) == 1) else "Beiträge"

    def section_of(self, text: Text) -> str:
        """The section of a text: of its first category, or of its folder."""
        categories = self.categories(text.fields)
        own = slug(categories[0] if categories else self.folder_of(text))
        return own if own in self.sections else self.fallback

    def _sections(self) -> dict[str, str]:
        counts: Counter[str] = Counter()
        for text in self.texts:
            if not text.is_page:
                counts.update(self.categories(text.fields)[:1] or [self.folder_of(text)])
        named: dict[str, str] = {}
        for name, _ in counts.most_common():
            if slug(name) and len(named) < _MOST_SECTIONS:
                named.setdefault(slug(name), name)
        if not named or len(counts) > len(named):
            named.setdefault("beitraege", "Beiträge")
        return named

    def keywords(self, text: Text) -> list[str]:
        """The keywords of a text, and the categories that are no section."""
        fields = text.fields
        categories = self.categories(fields)
        in_section = bool(categories) and slug(categories[0]) in self.sections
        given = categories[1:] if in_section else categories
        tables = (fields.get("tags"), fields.get("tag"), fields.get("keywords"),
                  fields.get("topics"), _table(fields).get("tags"))  # fmt: skip
        given += [each for value in tables for each in several(value)]
        return [e for e in dict.fromkeys(given) if slug(e) and e.lower() not in _NO_KEYWORDS]

    def _common_pattern(self) -> str:
        shown = [text for text in self.texts if text.old and text.date and not text.hidden]
        return common_pattern(
            (
                re.sub(r"\.html?$", "/", text.old),
                text.slug,
                self.section_of(text),
                *text.date[:10].split("-"),
            )
            for text in shown
            if not text.is_page
        )

    def _placed(self, known: Mapping[str, str]) -> dict[str, Place]:
        taken = Taken()
        places: dict[str, Place] = {}
        for text in sorted(self.texts, key=lambda each: bool(each.hidden)):
            year, month, day = text.date[:10].split("-") if text.date else ("", "", "")
            pattern = "/{slug}/" if text.is_page else self._pattern
            pattern = pattern.replace("{year}", year).replace("{month}", month)
            pattern = pattern.replace("{day}", day).replace("{section}", self.section_of(text))
            # mypy gives a lambda with a default no type.
            name = taken.name(text.slug, lambda own, to=pattern: to.replace("{slug}", own))  # type: ignore[misc]
            address = pattern.replace("{slug}", name)
            folder = "seiten" if text.is_page else f"{year}/{month}"
            path = known.get(text.path) or taken.path(f"{folder}/{name}.md")
            given = [
                path_of(each)
                for key in ("aliases", "alias", "redirect_from", "redirects")
                for each in several(text.fields.get(key))
            ]
            olds = [text.old, *given] if text.old != address else given
            aliases = tuple(
                old for old in dict.fromkeys(olds)
                if old not in ("", "/") and flaw(old) is None and taken.alias(old)
            )  # fmt: skip
            places[text.path] = Place(path, address, aliases)
        return places

    def _looked_up(self) -> tuple[dict[str, str], dict[str, str]]:
        """The sources by old addresses, and by all names that commands may use."""
        by_address: dict[str, str] = {}
        by_name: dict[str, str] = {}
        for text in self.texts:
            path, _, aliases = self.places[text.path]
            for old in (text.old, *aliases):
                by_address.setdefault(address_key(old), path)
            inner = text.path.removeprefix("content/")
            stem = posixpath.splitext(inner)[0]
            base = posixpath.basename(stem)
            own = [text.path, posixpath.splitext(text.path)[0], inner, stem, text.slug,
                   stem.removeprefix("_posts/")]  # fmt: skip
            above = posixpath.dirname(inner)
            base = posixpath.basename(above) if base == "index" else base
            own += [above, base, f"{base}.md"] if stem.endswith("index") else [base, f"{base}.md"]
            for name in filter(None, own):
                by_name.setdefault(name.casefold(), path)
        return by_address, by_name

    @cached_property
    def lists(self) -> dict[tuple[str, str], str]:
        """The addresses of the articles of each tag, category and author, by what it is and is
        called in addresses."""
        found: dict[tuple[str, str], str] = {}
        to = self._addresses
        for text in (text for text in self.texts if not (text.hidden or text.is_page)):
            for name in self.keywords(text):
                address = to.keyword.format(keyword=slug(self.spellings[slug(name)]))
                found["tag", slug(name)] = address
                found.setdefault(("category", slug(name)), address)
            own = self.section_of(text)
            found["category", own] = to.section.format(section=own)
            for name in authors(text.fields):
                found["author", slug(name)] = to.author.format(author=slug(name))
        return found

    def anchors(self, path: str) -> frozenset[str]:
        """The anchors in the text that becomes the source `path`."""
        if not self._texts_by_path:
            self._texts_by_path = {self.places[text.path].path: text.text for text in self.texts}
        if path not in self._anchors:
            text = self._texts_by_path[path]
            found = {heading.id for heading in convert(text).headings}
            self._anchors[path] = frozenset(found.union(_ANCHOR.findall(text)))
        return self._anchors[path]

    def in_place(self) -> Settings:
        """The settings with which a portal reads this folder as it is, if it can."""
        aliases: dict[str, str] = {}
        extra: list[str] = []
        keys = Counter(key for text in self.texts if not text.is_page for key in text.fields)
        for key in sorted(keys, key=lambda key: (_rank(key), -keys[key])):
            if key in OF_ARTICLES.names or foreign_keys.hides(key, "") is not None:
                continue
            field = "keywords" if key in _GROUPS else "lead" if key in LEADS else ""
            field = field or foreign_keys.field_of(key) or ""
            is_map = any(isinstance(text.fields.get(key), dict) for text in self.texts)
            known = field in FIELDS and field not in ("date", "draft") and not is_map
            if known and (field != "aliases" or key == "redirect_from"):
                aliases[key] = field
            else:
                extra.append(key)
        named = any(not day(text.fields, ("date",), self.zone) for text in self.texts if text.date)
        return msgspec.structs.replace(
            self.settings,
            content=str(self.content.resolve()),
            aliases=aliases,
            extra=tuple(extra),
            defaults={"section": self.fallback},
            styles=tuple(sorted({text.style for text in self.texts} & set(get_args(HeadStyle)))),
            date_from="file name" if named else "",
            authors={},
        )

    def refusals(self, portal: Portal) -> Counter[str]:
        """For what a build would refuse texts of the folder as it is, each counted once."""
        found: Counter[str] = Counter()
        for file in self._files():
            if file.suffix.lower() in (".md", ".markdown"):
                path = file.relative_to(self.content).as_posix()
                front = foreign_heads.read(file.read_bytes(), portal.front_matter.styles)
                _, problems = reader.read(path, front, portal)
                found.update({wrong.name for wrong in problems if wrong.is_error})
        return found

    def _settings(self) -> Settings:
        stated = self.found.text
        writers = Counter(name for text in self.texts for name in authors(text.fields))
        language = stated("languagecode", "default_language", "default_lang", "lang", "language",
                       "locale", "defaultcontentlanguage")  # fmt: skip
        return Settings(
            title=plain(stated("title", "sitename", "blog_title", "name")) or "Mein Portal",
            address=self.address or NOWHERE,
            description=plain(
                stated("description", "params.description", "blog_description", "sitesubtitle")
            ),
            language=re.sub("[^a-z]", "", language[:2].lower()) or "de",
            time_zone=self.zone.key,
            sections=tuple(Section(own, name) for own, name in self.sections.items()),
            authors={slug(name): name for name, _ in writers.most_common() if slug(name)},
            addresses={"article": self._pattern},
            synonyms=self._synonyms,
        )


def _rank(key: str) -> int:
    """Where a key stands: of several for the lead the one written for readers comes first."""
    return LEADS.index(key) if key in LEADS else len(LEADS)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name or "Europe/Berlin")
    except (KeyError, ValueError, OSError):
        return ZoneInfo("Europe/Berlin")


def _table(fields: Mapping[str, Value]) -> dict[str, Value]:
    """What Zola calls taxonomies."""
    found = fields.get("taxonomies")
    return found if isinstance(found, dict) else {}


def _lost(text: Text, why: Reason) -> Account:
    return Account(text.path, text.path, text.title, "left-out", why=why)

"""A folder of texts that were written for another generator, as an archive."""

import posixpath
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from html import unescape
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

import msgspec

from generator.base.problems import PortalError
from generator.config.permalink_patterns import Addresses
from generator.front_matter import dates, foreign_keys
from generator.importers import commands, foreign_heads, foreign_settings
from generator.importers.addresses import Taken, common_pattern
from generator.importers.archive import Account, Item, Section, Settings
from generator.importers.commands import Surroundings
from generator.importers.foreign_heads import Value
from generator.importers.html_to_markdown import html_to_markdown, shown_by
from generator.importers.html_tree import words
from generator.importers.many import many
from generator.importers.pictures import Pictures, is_picture
from generator.importers.reduced_html import Loss
from generator.model.addresses import flaw, slug
from generator.model.article import Image, When

_TEXTS: Final = (".md", ".markdown", ".mkd", ".mdown", ".html", ".htm", ".rst")
_LONGEST: Final = 5_000_000
_PASSED_OVER: Final = frozenset(
    {"node_modules", "vendor", "_site", "_includes", "_layouts", "_sass", "_data", "themes", "layouts",
     "archetypes", "public", "output", "static", "i18n", "templates", "plugins", "test", "tests"}
)  # fmt: skip
_NO_TEXTS: Final = frozenset({"readme", "license", "licence", "contributing", "changelog", "code_of_conduct",
                              "security", "404", "search", "feed", "sitemap"})  # fmt: skip
_DATED: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[-_ T]\d\d[-:]\d\d)?[-_ ]+(?=.)")
_HEADING: Final = re.compile(r"\s*#[ \t]+(.+?)[ \t]*#*[ \t]*(?:\n|\Z)|\s*(\S.*)\n=+[ \t]*(?:\n|\Z)")
_LINK: Final = re.compile(
    r"(?P<open>\]\(\s*<?)(?P<a>[^\s()<>]+(?:\([^\s()]*\)[^\s()<>]*)*)|(?P<ref>^[ ]{0,3}\[[^\]^]+\]:[ \t]*<?)(?P<b>[^\s<>]+)|(?P<attr>href=[\"'])(?P<c>[^\"']+)",
    re.MULTILINE,
)
_IMAGE: Final = re.compile(
    r"(?P<link>\[\s*)?!\[(?P<alt>(?:[^\[\]\\]|\\.|\[[^\[\]]*\])*)\]\(\s*<?(?P<src>[^\s()<>]+(?:\([^\s()]*\)[^\s()<>]*)*)>?"
    r"(?:\s+(?:\"(?P<t1>[^\"]*)\"|'(?P<t2>[^']*)'))?\s*\)(?(link)\s*\]\((?P<href>[^)\s]*)[^)]*\))"
)
_TAGS: Final = re.compile(r"</?[a-zA-Z][^<>]*>|<!--.*?-->", re.DOTALL)
_CODE: Final = re.compile(
    r"^(`{3,}|~{3,})[^\n]*\n.*?^\1[ \t]*$|(?<!`)(`+)(?!`)(?:(?!\n\n).)+?(?<!`)\2(?!`)",
    re.DOTALL | re.MULTILINE,
)
_QUIET: Final = frozenset(
    {"layout", "type", "weight", "template", "toc", "comments", "comment", "math", "id", "menu", "menus", "tags",
     "showtoc", "sitemap", "headless", "nav_order", "header", "sidebar", "render_with_liquid", "author_profile",
     "eleventynavigation", "has_math", "pagination", "cascade", "outputs", "language", "lang"}
)  # fmt: skip
"""Keys that say how a page looks there."""
_LEADS: Final = (
    "deck",
    "lead",
    "lede",
    "summary",
    "excerpt",
    "description",
    "abstract",
    "subtitle",
    "teaser",
    "intro",
)
_MOST_SECTIONS: Final = 12


class Text(msgspec.Struct, frozen=True):
    """A text of the archive: its path there, the values of its head, and what is below it."""

    path: str
    fields: dict[str, Value]
    text: str
    style: str
    is_page: bool
    hidden: str
    title: str
    date: str
    slug: str
    old: str


class Folder:
    """One archive in a folder; nothing in it is changed, and nothing of it is run."""

    def __init__(self, folder: Path, pictures: Pictures | None, known: Mapping[str, str]) -> None:
        self._folder = folder
        self._found = foreign_settings.read(folder)
        self.comments: list[dict[str, object]] = []
        self.pictures = pictures or Pictures(folder)
        self._others: list[Account] = []
        self._zone = self._time_zone()
        self._address = self._site()
        self._texts = list(self._read())
        styles = Counter(text.style for text in self._texts)
        self.kind = self._found.kind if self._found.kind != "Markdown" else self._guessed(styles)
        self._sections()
        self._spell()
        self._place(known)
        self.settings = self._settings()

    # -- what there is -----------------------------------------------------------------------------

    def _guessed(self, styles: Counter[str]) -> str:
        named = {"pelican": "Pelican", "nikola": "Nikola", "toml": "Hugo"}
        most = styles.most_common(1)[0][0] if styles else ""
        if any("{{<" in text.text for text in self._texts[:300]):
            return "Hugo"
        return named.get(most, "Markdown")

    def _time_zone(self) -> ZoneInfo:
        name = self._found.text("timezone", "time_zone") or "Europe/Berlin"
        try:
            return ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            return ZoneInfo("Europe/Berlin")

    def _site(self) -> str:
        base = self._found.text("url", "baseurl", "base_url", "siteurl", "site_url", "site.url")
        parts = urlsplit(base)
        return (
            f"{parts.scheme}://{parts.netloc}"
            if parts.scheme in ("http", "https") and parts.netloc
            else ""
        )

    def _read(self) -> Iterator[Text]:
        for file in sorted(self._files()):
            path = file.relative_to(self._folder).as_posix()
            key = path
            if file.stat().st_size > _LONGEST:
                self._others.append(Account(key, path, path, "left out", why="is larger than 5 MB"))
                continue
            if file.suffix.lower() == ".rst":
                self._others.append(
                    Account(
                        key,
                        path,
                        path,
                        "left out",
                        why="reStructuredText: convert it to Markdown first",
                    )
                )
                continue
            try:
                head = foreign_heads.split(path, file.read_bytes())
            except PortalError as error:
                why = "; ".join(f"line {p.line}: {p.what()} {p.hint()}" for p in error.problems[:3])
                self._others.append(Account(key, path, path, "left out", why=why))
                continue
            if (found := self._text(path, head)) is not None:
                yield found

    def _files(self) -> Iterator[Path]:
        root = self._folder / "content" if (self._folder / "content").is_dir() else self._folder
        pending = [root]
        while pending:
            folder = pending.pop()
            for entry in folder.iterdir():
                name = entry.name
                if entry.is_symlink() or name.startswith("."):
                    continue
                if entry.is_dir():
                    if name not in _PASSED_OVER and not (
                        name.startswith("_") and name not in ("_posts", "_drafts")
                    ):
                        pending.append(entry)
                elif entry.is_file() and entry.suffix.lower() in _TEXTS:
                    yield entry

    def _text(self, path: str, head: foreign_heads.Head) -> Text | None:
        fields = head.fields
        folder, name = posixpath.split(path)
        stem = posixpath.splitext(name)[0]
        is_post = "_posts" in folder or "_drafts" in folder or "posts" in folder.split("/")
        if stem.lower() in _NO_TEXTS or (not fields and not is_post) or path.endswith("_index.md"):
            why = (
                "is a list of other pages"
                if path.endswith("_index.md")
                else "has no head, or belongs to the old site"
            )
            self._others.append(
                Account(path, path, _one(fields.get("title")) or stem, "left out", why=why)
            )
            return None
        if stem in ("index",) and folder:
            stem = posixpath.basename(folder)
        found = _DATED.match(stem)
        bare = stem[found.end() :] if found else stem
        date = next((d for key in ("date", "publishdate", "pubdate", "published", "created", "published_at")
                     if (d := self._moment(_one(fields.get(key))))), "")  # fmt: skip
        if not date and found:
            date = self._moment("-".join(part.zfill(2) for part in found.groups()))
        if not date and is_post:
            date = next(
                (
                    d
                    for key in ("lastmod", "modified", "updated")
                    if (d := self._moment(_one(fields.get(key))))
                ),
                "",
            )
        heading = _HEADING.match(head.text)
        title = _plain(_one(fields.get("title")))
        body = head.text
        if heading and (not title or slug(_plain(heading[1] or heading[2])) == slug(title)):
            title = title or _plain(heading[1] or heading[2])
            body = head.text[heading.end() :]
        hidden = "lay among the drafts" if "_drafts" in folder.split("/") else self._hidden(fields)
        own = slug(_one(fields.get("slug"))) or slug(bare) or slug(title)
        is_page = not date and not is_post
        return Text(
            path, fields, body, head.style, is_page, hidden, title or bare, date, own,
            self._old_address(path, fields, bare, date, own, is_page),
        )  # fmt: skip

    def _hidden(self, fields: dict[str, Value]) -> str:
        for key, value in fields.items():
            if key in ("draft", "drafts") and _one(value).lower() in ("true", "yes", "1"):
                return "was a draft there"
            said = value if isinstance(value, str) else None
            if (
                foreign_keys.bare(key)
                not in ("publishdate", "unpublishdate", "permalink", "render", "build")
                and foreign_keys.hides(key, said) == "hidden"
            ):
                return f"was not public there ({key}: {said})"
        return ""

    def _moment(self, said: str) -> str:
        """A date as our front matter has it, "" where it is none."""
        said = re.sub(r"\s*(?:UTC|GMT)$", " +0000", said.strip())
        try:
            when = dates.parse(said, self._zone)
        except PortalError:
            english = re.match(r"(\w+ \d{1,2}, \d{4})|(\w{3}, )?(\d{1,2} \w{3} \d{4})", said)
            if not english:
                return ""
            from datetime import datetime

            for form in ("%B %d, %Y", "%b %d, %Y", "%d %b %Y"):
                try:
                    return datetime.strptime(english[1] or english[3], form).date().isoformat()
                except ValueError:
                    continue
            return ""
        return _said(when)

    def _old_address(
        self, path: str, fields: dict[str, Value], bare: str, date: str, own: str, is_page: bool
    ) -> str:
        """Where a text was to be seen, as far as the configuration tells; "" where it does not."""
        given = (
            _one(fields.get("permalink")) or _one(fields.get("url")) or _one(fields.get("save_as"))
        )
        if given and not re.search(
            r"[{:]|\s", given.replace("https://", "").replace("http://", "")
        ):
            return _path_of(given)
        year, month, day = (date[:10].split("-") + ["", "", ""])[:3] if date else ("", "", "")
        folder = posixpath.dirname(path).removeprefix("content").strip("/")
        match self._found.kind:
            case "Jekyll":
                if is_page:
                    return _path_of(f"/{posixpath.splitext(path)[0].removesuffix('index')}")
                categories = "/".join(slug(c) for c in self._categories(fields))
                style = self._found.text("permalink") or "date"
                pattern = {
                    "date": "/:categories/:year/:month/:day/:title.html", "pretty": "/:categories/:year/:month/:day/:title/",
                    "none": "/:categories/:title.html", "ordinal": "/:categories/:year/:y_day/:title.html",
                }.get(style, style)  # fmt: skip
                for name, value in ((":categories", categories), (":year", year), (":month", month), (":day", day),
                                    (":title", own), (":slug", own), (":i_month", month.lstrip("0")), (":i_day", day.lstrip("0"))):  # fmt: skip
                    pattern = pattern.replace(name, value)
                return "" if ":" in pattern else _path_of(re.sub("/{2,}", "/", pattern))
            case "Hugo":
                own_section = folder.split("/")[0]
                pattern = self._found.text(
                    f"permalinks.{own_section}", f"permalinks.page.{own_section}"
                )
                if pattern:
                    for name, value in ((":year", year), (":month", month), (":day", day), (":slugorfilename", own), (":slugorcontentbasename", own), (":slug", own),
                                        (":filename", slug(bare)), (":contentbasename", slug(bare)), (":title", own), (":sections", folder), (":section", own_section)):  # fmt: skip
                        pattern = pattern.replace(name, value)
                    return "" if ":" in pattern else _path_of(pattern)
                stem = (
                    slug(_one(fields.get("slug")))
                    or posixpath.splitext(posixpath.basename(path))[0].lower()
                )
                bundle = posixpath.basename(path).startswith("index.")
                return _path_of(f"/{folder if bundle else posixpath.join(folder, stem)}/")
            case "Zola":
                bundle = posixpath.basename(path).startswith("index.")
                return _path_of(
                    f"/{posixpath.dirname(folder) if bundle else folder}/{own}/".replace("//", "/")
                )
            case "Pelican":
                pattern = self._found.text("page_url" if is_page else "article_url") or (
                    "pages/{slug}.html" if is_page else "{slug}.html"
                )
                pattern = re.sub(
                    r"\{date:(%\w)(?:/|-)?(.*?)\}",
                    lambda m: {"%Y": year, "%m": month, "%d": day}.get(m[1], m[0]),
                    pattern,
                )
                pattern = pattern.replace("{slug}", own).replace(
                    "{category}",
                    slug(self._categories(fields)[0]) if self._categories(fields) else "",
                )
                return "" if "{" in pattern else _path_of(f"/{pattern}")
            case "Nikola":
                return _path_of(f"/{folder}/{own}/")
            case "Eleventy":
                return _path_of(f"/{folder}/{bare}/".replace("//", "/").replace("/src/", "/"))
        return ""

    # -- sections, keywords, places ----------------------------------------------------------------

    def _categories(self, fields: Mapping[str, Value]) -> list[str]:
        taxonomies = fields.get("taxonomies")
        table = taxonomies if isinstance(taxonomies, dict) else {}
        given = [*_many(fields.get("category")), *_many(table.get("categories"))]
        value = fields.get("categories")
        if isinstance(value, str) and self._found.kind == "Jekyll" and "," not in value:
            given += value.split()
        else:
            given += _many(value)
        return [each for each in given if slug(each)]

    def _sections(self) -> None:
        counts: Counter[str] = Counter()
        for text in self._texts:
            if not text.is_page:
                counts.update(self._categories(text.fields)[:1] or [self._folder_name(text)])
        named: dict[str, str] = {}
        for name, _ in counts.most_common():
            if slug(name) and len(named) < _MOST_SECTIONS:
                named.setdefault(slug(name), name)
        if not named or len(counts) > len(named):
            named.setdefault("beitraege", "Beiträge")
        self._named = named
        self._default = "beitraege" if "beitraege" in named else next(iter(named))

    def _folder_name(self, text: Text) -> str:
        parts = [p for p in posixpath.dirname(text.path).removeprefix("content").split("/")
                 if p and not p.startswith("_") and not p.isdigit() and p not in ("src", "posts", "post", "articles")]  # fmt: skip
        return parts[0] if parts and posixpath.basename(text.path)[:6] != "index." else "Beiträge"

    def _keywords(self, text: Text) -> list[str]:
        fields = text.fields
        taxonomies = fields.get("taxonomies")
        table = taxonomies if isinstance(taxonomies, dict) else {}
        given = self._categories(fields)[1:]
        first = self._categories(fields)[:1]
        if first and slug(first[0]) not in self._named:
            given += first
        for value in (
            fields.get("tags"),
            fields.get("tag"),
            fields.get("keywords"),
            fields.get("topics"),
            table.get("tags"),
        ):
            given += _many(value)
        return [
            each
            for each in dict.fromkeys(given)
            if slug(each) and each.lower() not in ("post", "posts", "draft", "mathjax")
        ]

    def _spell(self) -> None:
        counts: dict[str, Counter[str]] = {}
        for text in self._texts:
            for name in self._keywords(text):
                counts.setdefault(slug(name).replace("-", ""), Counter())[name] += 1
        self._spellings: dict[str, str] = {}
        self._synonyms: dict[str, tuple[str, ...]] = {}
        for alike in counts.values():
            first = min(alike, key=lambda name: (-alike[name], name))
            self._spellings |= {name: first for name in alike}
            if len(alike) > 1:
                self._synonyms[first] = tuple(sorted(set(alike) - {first}))

    def _place(self, known: Mapping[str, str]) -> None:
        articles = [t for t in self._texts if not t.is_page and not t.hidden]
        olds = [
            (re.sub(r"\.html?$|/index\.html?$", "/", t.old), t.slug, *t.date[:10].split("-"))
            for t in articles
            if t.old
        ]
        self._pattern = common_pattern(olds) if olds else Addresses().article
        taken = Taken()
        self._places: dict[str, tuple[str, str, tuple[str, ...]]] = {}
        for text in sorted(self._texts, key=lambda each: bool(each.hidden)):
            year, month, day = text.date[:10].split("-") if text.date else ("", "", "")
            own = "/{slug}/" if text.is_page else self._pattern

            def address(
                name: str, own: str = own, year: str = year, month: str = month, day: str = day
            ) -> str:
                return own.format(slug=name, year=year, month=month, day=day, section="")

            name = taken.name(text.slug or "text", address)
            folder = "seiten" if text.is_page else f"{year}/{month}"
            path = known.get(text.path) or taken.path(f"{folder}/{name}.md")
            given = [
                _path_of(each)
                for key in ("aliases", "alias", "redirect_from", "redirects")
                for each in _many(text.fields.get(key), ",")
            ]
            olds_of = [text.old] if text.old and text.old != address(name) else []
            aliases = tuple(
                each
                for each in dict.fromkeys((*olds_of, *given))
                if each and each != "/" and flaw(each) is None and taken.alias(each)
            )
            self._places[text.path] = path, address(name), aliases
        self._by_address: dict[str, str] = {}
        self._by_name: dict[str, str] = {}
        for text in self._texts:
            path, _, aliases = self._places[text.path]
            for old in (text.old, *aliases):
                self._by_address.setdefault(_key(old), path)
            inner = text.path.removeprefix("content/")
            stem = posixpath.splitext(inner)[0]
            base = posixpath.basename(stem)
            for name in (text.path, inner, stem, posixpath.splitext(text.path)[0], base, f"{base}.md", text.slug,
                         stem.removeprefix("_posts/"), posixpath.dirname(inner) if base == "index" else ""):  # fmt: skip
                if name and name != "index":
                    self._by_name.setdefault(name.casefold(), path)

    def _settings(self) -> Settings:
        config = self._found
        authors: Counter[str] = Counter(
            name for text in self._texts for name in _authors(text.fields)
        )
        return Settings(
            title=_plain(config.text("title", "sitename", "blog_title", "name")) or "Mein Portal",
            address=self._address or "https://www.example.org",
            description=_plain(
                config.text(
                    "description",
                    "params.description",
                    "sitesubtitle",
                    "blog_description",
                    "tagline",
                )
            ),
            language=re.sub(
                "[^a-z]",
                "",
                (
                    config.text(
                        "languagecode",
                        "default_language",
                        "default_lang",
                        "lang",
                        "language",
                        "locale",
                        "defaultcontentlanguage",
                    )
                    or "de"
                ).lower()[:2],
            )
            or "de",
            time_zone=self._zone.key,
            sections=tuple(Section(own, name) for own, name in self._named.items()),
            authors={slug(name): name for name, _ in authors.most_common() if slug(name)},
            addresses={"article": self._pattern},
            synonyms=self._synonyms,
        )

    # -- items -------------------------------------------------------------------------------------

    def items(self, jobs: int) -> Iterator[Item | Account]:
        """All texts in the order of their paths, then what is none."""
        yield from many(self._item, self._texts, _lost, jobs)
        yield from self._others

    def _item(self, text: Text) -> Item:
        return _OfOne(self, text).item()


class _OfOne:
    """Makes the source of one text."""

    def __init__(self, archive: Folder, text: Text) -> None:
        self._a, self._t = archive, text
        self._path, self._address, self._aliases = archive._places[text.path]  # noqa: SLF001 - of one file
        self._missed: list[tuple[str, str]] = []
        self._links: list[tuple[str, str]] = []
        self._losses: list[Loss] = []

    def item(self) -> Item:
        text, archive = self._t, self._a
        body = text.text
        if text.path.lower().endswith((".html", ".htm")):
            made = html_to_markdown(body)
            body = made.text
            self._losses += made.losses
        around = Surroundings(archive._address, self._reference, self._include)  # noqa: SLF001 - of one file
        said = commands.understood(body, around)
        self._losses += said.losses
        wanted = words(shown_by(said.text))
        outside = self._outside_code(said.text)
        shown = Counter(words(shown_by(outside)))
        told = Counter(words(" ".join(loss.said for loss in self._losses)))
        fields = self._fields()
        stem = posixpath.basename(self._path).removesuffix(".md")
        own = self._address.rstrip("/").rpartition("/")[2]
        fields["slug"] = own if own != stem else ""
        account = Account(
            text.path, text.path, text.title, "draft" if text.hidden else "page" if text.is_page else "article",
            self._path, self._address, text.old, text.hidden, len(wanted),
            tuple((Counter(wanted) - shown - told).elements())[:100],
            tuple(self._missed), tuple(self._links), tuple(self._losses),
        )  # fmt: skip
        return Item(account, fields, outside.strip("\n") + "\n")

    def _outside_code(self, body: str) -> str:
        parts: list[str] = []
        place = 0
        for code in _CODE.finditer(body):
            parts += (self._linked(body[place : code.start()]), code[0])
            place = code.end()
        return "".join([*parts, self._linked(body[place:])])

    def _linked(self, body: str) -> str:
        return _LINK.sub(self._link, _IMAGE.sub(self._image, body))

    def _fields(self) -> dict[str, object]:
        text, archive = self._t, self._a
        given = text.fields
        leads = [(key, said) for key in _LEADS if (said := _plain(_one(given.get(key))))]
        lead = leads[0][1] if leads else ""
        self._losses += [Loss(f"field {key}", said) for key, said in leads[1:] if said != lead]
        expires = next(
            (
                d
                for key in ("expirydate", "expires", "unpublishdate")
                if (d := archive._moment(_one(given.get(key))))
            ),
            "",
        )  # noqa: SLF001 - of one file
        updated = next(
            (
                d
                for key in ("lastmod", "last_modified_at", "modified", "updated", "update_date")
                if (d := archive._moment(_one(given.get(key))))
            ),
            "",
        )  # noqa: SLF001 - of one file
        categories = archive._categories(given)  # noqa: SLF001 - of one file
        first = slug(categories[0]) if categories else slug(archive._folder_name(text))  # noqa: SLF001 - of one file
        used = {"title", "date", "publishdate", "slug", "draft", "url", "permalink", "aliases", "alias", "redirect_from",
                "category", "categories", "tags", "tag", "keywords", "topics", "author", "authors", "taxonomies", "published", "status",
                "expirydate", "expires", "lastmod", "last_modified_at", "modified", "updated", "image", "cover", "featured_image", "save_as"}  # fmt: skip
        for key, value in given.items():
            if (
                key not in used
                and key not in _QUIET
                and key not in _LEADS
                and value not in ("", [], {})
            ):
                self._losses.append(
                    Loss(
                        f"field {key}", _one(value) if isinstance(value, str) else str(value)[:200]
                    )
                )
        page = {
            "title": text.title, "lead": lead, "aliases": self._aliases, "draft": bool(text.hidden),
        }  # fmt: skip
        if text.is_page:
            return page
        return page | {
            "date": text.date,
            "updated": updated if updated[:16] > text.date[:16] else "",
            "section": first if first in archive._named else archive._default,  # noqa: SLF001 - of one file
            "keywords": tuple(
                dict.fromkeys(archive._spellings[k] for k in archive._keywords(text))
            ),  # noqa: SLF001 - of one file
            "author": tuple(slug(name) for name in _authors(given) if slug(name)),
            "image": self._top_image(),
            "expires": expires,
        }

    def _top_image(self) -> Image | None:
        for key in (
            "image",
            "cover",
            "featured_image",
            "featuredimage",
            "thumbnail",
            "banner",
            "header",
        ):
            value = self._t.fields.get(key)
            parts = (
                value
                if isinstance(value, dict)
                else {"src": value}
                if isinstance(value, str)
                else {}
            )
            src = next(
                (
                    _one(parts.get(name))
                    for name in ("src", "image", "url", "file", "path", "feature", "overlay_image")
                    if parts.get(name)
                ),
                "",
            )
            if not src or not is_picture(src):
                continue
            to = self._picture(src)
            if to:
                return Image(
                    to,
                    _plain(_one(parts.get("alt"))),
                    _plain(_one(parts.get("credit"))),
                    _plain(_one(parts.get("caption"))),
                )
        return None

    # -- what a text refers to ---------------------------------------------------------------------

    def _reference(self, name: str) -> str:
        bare, hash_sign, anchor = name.strip().strip("/").partition("#")
        if not bare:
            return f"{hash_sign}{anchor}"
        near = posixpath.normpath(posixpath.join(posixpath.dirname(self._t.path), bare))
        for wanted in (near, bare, bare.removeprefix("content/"), posixpath.basename(bare)):
            target = self._a._by_name.get(wanted.casefold())  # noqa: SLF001 - of one file
            if target:
                return (
                    f"{posixpath.relpath(target, posixpath.dirname(self._path))}{hash_sign}{anchor}"
                )
        return ""

    def _include(self, name: str) -> str:
        root = (self._a._folder / "_includes").resolve()  # noqa: SLF001 - of one file
        file = (root / name).resolve()
        if root not in file.parents or not file.is_file() or file.stat().st_size > _LONGEST:
            return ""
        return file.read_text(encoding="utf-8", errors="replace")

    def _picture(self, src: str) -> str:
        here = (
            posixpath.join(posixpath.dirname(self._t.path), src)
            if not src.startswith(("/", "http"))
            else src
        )
        to = self._a.pictures.place(here) or self._a.pictures.place(src)  # noqa: SLF001 - of one file
        if not to:
            self._missed.append(
                (
                    src,
                    self._a.pictures.reason(src)
                    if urlsplit(src).netloc
                    else "is not in the archive",
                )
            )  # noqa: SLF001 - of one file
        return to

    def _absolute(self, address: str) -> str:
        """An address of the old site as a whole one; "" where nobody knows the site."""
        if address.startswith(("http://", "https://")):
            return address
        if address.startswith("//"):
            return f"https:{address}"
        site = self._a._address  # noqa: SLF001 - of one file
        return (
            site
            and f"{site}/{posixpath.normpath(posixpath.join(self._t.old or '/', address)).lstrip('/')}"
        )

    def _image(self, found: re.Match[str]) -> str:
        title = found["t1"] or found["t2"] or ""
        said = f' "{title.replace(chr(34), "&quot;")}"' if title else ""
        to = self._picture(unescape(found["src"]))
        if to:
            if found["href"] and not is_picture(found["href"]):
                self._losses.append(Loss("a", found["href"]))
            return f"![{found['alt']}]({to}{said})"
        where = (found["href"] or "") or self._absolute(found["src"])
        if where:
            return f"[{found['alt'] or posixpath.basename(found['src'])}]({where}{said})"
        return " ".join(filter(None, (found["alt"], title)))

    def _link(self, found: re.Match[str]) -> str:
        before = found["open"] or found["ref"] or found["attr"]
        address = found["a"] or found["b"] or found["c"]
        return f"{before}{self._led(address)}"

    def _led(self, written: str) -> str:
        address, hash_sign, anchor = written.partition("#")
        if not address or re.match(r"(?:mailto|tel|data|javascript):", address):
            return written
        if is_picture(address) and (
            self._a.pictures.place(address) == address or address.startswith("/bilder/")
        ):  # noqa: SLF001 - of one file
            return written
        for prefix in ("@/", "link://slug/", "link://filename/", "link://"):
            if address.startswith(prefix):
                return (
                    self._reference(address.removeprefix(prefix) + hash_sign + anchor)
                    or self._absolute("/")
                    or "#"
                )
        parts = urlsplit(address)
        own = self._a._address  # noqa: SLF001 - of one file
        if parts.netloc and parts.netloc.removeprefix("www.") != urlsplit(own).netloc.removeprefix(
            "www."
        ):
            return written
        if parts.scheme and not parts.netloc:
            return written
        if re.search(r"\.(?:md|markdown|rst|html?)$", parts.path) or not parts.netloc:
            reference = (
                self._reference(unquote(parts.path) + hash_sign + anchor)
                if parts.path.endswith((".md", ".markdown"))
                else ""
            )
            if reference:
                return reference
        whole = (
            posixpath.join(self._t.old or "/", unquote(parts.path))
            if not parts.path.startswith("/")
            else unquote(parts.path)
        )
        target = self._a._by_address.get(_key(posixpath.normpath(whole) if whole else "/"))  # noqa: SLF001 - of one file
        if target:
            return f"{posixpath.relpath(target, posixpath.dirname(self._path))}{hash_sign}{anchor}"
        if not parts.netloc:
            self._links.append((written, "leads to nothing that came in"))
            if parts.path.endswith((".md", ".markdown")) or not address.startswith("/"):
                return self._absolute(
                    re.sub(r"\.(?:md|markdown)$", "/", address)
                ) or f"/{address.lstrip('./')}".removesuffix(".md")
            return self._absolute(address) + hash_sign + anchor if own else written
        return written


def _said(when: When) -> str:
    if not when.timed:
        return when.at.date().isoformat()
    return f"{when.at:%Y-%m-%d %H:%M:%S} {when.at.isoformat()[-6:]}"


def _one(value: Value | None) -> str:
    """A single value as text: of a list the first."""
    if isinstance(value, list):
        return _one(value[0]) if value else ""
    if isinstance(value, dict):
        return _one(value.get("name") or value.get("title") or "")
    return value or ""


def _many(value: Value | None, signs: str = ",;") -> list[str]:
    if isinstance(value, str):
        return [
            " ".join(each.split()).strip("\"'")
            for each in re.split(f"[{signs}]", value.strip("[]"))
            if each.strip()
        ]
    if isinstance(value, list):
        return [" ".join(_one(each).split()) for each in value if _one(each).strip()]
    return [_one(value)] if value and _one(value) else []


def _authors(fields: Mapping[str, Value]) -> list[str]:
    return [
        name for key in ("author", "authors") for name in _many(fields.get(key)) if "@" not in name
    ]


def _plain(said: str) -> str:
    """A line of text without tags, commands and references."""
    without = re.sub(r"\{\{[<%]?.*?[>%]?\}\}|\{%.*?%\}", "", _TAGS.sub("", said))
    return " ".join(unescape(without).split())


def _path_of(address: str) -> str:
    """The path of an old address, as redirects want it."""
    path = unquote(urlsplit(address.strip()).path)
    if not path:
        return ""
    path = re.sub("/{2,}", "/", f"/{path.lstrip('/')}").removesuffix("index.html")
    return path if path.endswith("/") or "." in posixpath.basename(path) else f"{path}/"


def _key(address: str) -> str:
    return re.sub(r"(?:/index)?\.html?$", "", address.casefold()).rstrip("/")


def _lost(text: Text, why: str) -> Account:
    return Account(text.path, text.path, text.title, "left out", why=why)

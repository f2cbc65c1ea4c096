"""Where each generator showed a text, as far as its configuration tells."""

import posixpath
import re
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from generator.front_matter.foreign_heads import Value
from generator.importers.foreign_settings import Found
from generator.importers.head_values import first, path_of
from generator.model.addresses import slug

_JEKYLL: Final = {
    "date": "/:categories/:year/:month/:day/:title.html",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "none": "/:categories/:title.html",
}
"""What Jekyll's names for patterns stand for."""


_PAGE_VALUE: Final = re.compile(r"\{\{-?\s*(?:(page\.fileSlug)|title)\s*(?:\|\s*\w+\s*)?-?\}\}")


class Facts(NamedTuple):
    """What addresses are made from; `day` is the date, `bare` the name of the file without one."""

    path: str
    fields: Mapping[str, Value]
    bare: str
    slug: str
    day: str
    categories: Sequence[str]
    is_page: bool


def old_address(found: Found, text: Facts) -> str:  # noqa: PLR0911 - a way out for each kind
    """The path of a text on the old site; "" where nobody can tell."""
    given = first(text.fields, "permalink", "url", "save_as")
    if found.kind == "Eleventy":
        given = _PAGE_VALUE.sub(lambda value: text.bare if value[1] else text.slug, given)
    below = found.text("baseurl") if found.kind == "Jekyll" else ""
    below = below.rstrip("/") if below.startswith("/") else ""
    if given and not re.search(r"[{\s]|:(?!//)", given):
        return path_of(f"{below}{given}")
    folder = posixpath.dirname(text.path).removeprefix("content").strip("/")
    is_bundle = posixpath.basename(text.path).startswith("index.")
    match found.kind:
        case "Jekyll":
            if folder.startswith("_") and text.is_page:
                own = folder.split("/")[0][1:]
                style = found.text(f"collections.{own}.permalink") or f"/{own}/:title.html"
                return _filled(f"{below}{style.replace(':collection', own)}", text, folder)
            if text.is_page:
                return path_of(below + posixpath.join(
                    "/", posixpath.splitext(text.path)[0].removesuffix("index")))  # fmt: skip
            style = given or found.text("permalink") or "date"
            return _filled(f"{below}{_JEKYLL.get(style, style)}", text, folder)
        case "Hugo":
            own = folder.split("/")[0]
            if pattern := found.text(f"permalinks.{own}", f"permalinks.page.{own}"):
                return _filled(pattern, text, folder)
            name = posixpath.basename(text.path)
            without_language = text.bare if name.startswith(f"{text.bare}.") else ""
            stem = slug(first(text.fields, "slug")) or without_language
            stem = stem or posixpath.splitext(name)[0]
            return path_of(f"/{folder if is_bundle else posixpath.join(folder, stem.lower())}/")
        case "Zola":
            return path_of(f"/{posixpath.dirname(folder) if is_bundle else folder}/{text.slug}/")
        case "Pelican":
            return _pelican(found, text)
        case "Nikola":
            return path_of(f"/{folder}/{text.slug}/")
        case "Eleventy" if "{" in given:
            return ""
        case "Eleventy":
            return path_of(f"/{folder.removeprefix('src').strip('/')}/{text.bare}/")
    return ""


def _filled(pattern: str, text: Facts, folder: str) -> str:
    """A pattern of Jekyll or Hugo with a text's values; "" where one is not known."""
    year, month, day = _date(text)
    values = {
        ":slugorcontentbasename": text.slug, ":contentbasename": slug(text.bare),
        ":slugorfilename": text.slug, ":categories": "/".join(map(slug, text.categories)),
        ":filename": slug(text.bare), ":name": text.bare, ":path": text.bare,
        ":i_month": month.lstrip("0"), ":i_day": day.lstrip("0"), ":output_ext": ".html",
        ":short_year": year[2:], ":sections": folder,
        ":section": folder.split("/", maxsplit=1)[0],
        ":year": year, ":month": month, ":title": text.slug, ":slug": text.slug, ":day": day,
    }  # fmt: skip
    for name, value in values.items():
        pattern = pattern.replace(name, value)
    return "" if ":" in pattern else path_of(pattern)


def _pelican(found: Found, text: Facts) -> str:
    kind = "page" if text.is_page else "article"
    usual = "pages/{slug}.html" if text.is_page else "{slug}.html"
    pattern = found.text(f"{kind}_url", f"{kind}_save_as") or usual
    dated = dict(zip(("%Y", "%m", "%d"), _date(text), strict=True))

    def written(form: re.Match[str]) -> str:
        return re.sub(r"%[A-Za-z]", lambda sign: dated.get(sign[0], sign[0]), form[1])

    pattern = re.sub(r"\{date:([^}]*)\}", written, pattern).replace("{slug}", text.slug)
    pattern = pattern.replace("{category}", slug(text.categories[0]) if text.categories else "misc")
    return "" if re.search("[{%]", pattern) else path_of(f"/{pattern}")


def _date(text: Facts) -> tuple[str, str, str]:
    year, month, day = text.day[:10].split("-") if text.day else ("", "", "")
    return year, month, day

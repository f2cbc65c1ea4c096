"""The same articles as Stadtschreiber, Hugo and Pelican each want them, with their settings."""

import json
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from benchmarks.articles import AUTHORS, REFERENCE, SECTIONS, Article
from benchmarks.prose import MONTHS

_HERE = Path(__file__).resolve().parent


def write(
    articles: Iterable[Article],
    folder: Path,
    dialect: str,
    *,
    layouts: Path,
    assets: Path,
    pdfs: bool = False,
) -> tuple[Path, ...]:
    """Write `articles` and the settings of one generator to `folder`, which may not exist yet.

    Returns the articles' files in their order. `layouts`, `assets` and whether articles are PDFs
    as well are Stadtschreiber's; the others bring their own, and make no PDFs.
    """
    front_matter, link = DIALECTS[dialect]
    folders: set[Path] = set()
    written: list[Path] = []
    content = folder / "content"
    for article in articles:
        target = content / article.path
        if target.parent not in folders:
            target.parent.mkdir(parents=True, exist_ok=True)
            folders.add(target.parent)
        text = front_matter(article) + article.text.replace(REFERENCE, link)
        target.write_bytes(text.encode())
        written.append(target)
    if dialect == "stadtschreiber":
        (folder / "portal.toml").write_text(portal(layouts, assets, pdfs=pdfs), encoding="utf-8")
    else:
        shutil.copytree(_HERE / dialect, folder, dirs_exist_ok=True)
    if dialect == "hugo":
        _hugo_lists(content, folders)
    return tuple(written)


def portal(layouts: Path, assets: Path, *, pdfs: bool = False) -> str:
    """The text of `portal.toml`."""
    sections = "\n".join(
        f"[[sections]]\nid = {_quoted(key)}\nname = {_quoted(name)}\n"
        for key, name in SECTIONS.items()
    )
    authors = "\n".join(f"{key} = {_quoted(name)}" for key, name in AUTHORS.items())
    return f"""title = "Kommunalblatt"
address = "https://www.kommunalblatt.example/"
description = "Nachrichten aus Städten, Gemeinden und Kreisen"
publisher = "Kommunalblatt Verlag"
language = "de"
time_zone = "Europe/Berlin"

[folders]
layouts = {_quoted(str(layouts))}
assets = {_quoted(str(assets))}

[pages]
section = 20
keyword = 20
author = 20

[pdf]
enabled = {str(pdfs).lower()}

[feeds]
length = 20

[[navigation]]
name = "Stichwörter"
address = "/stichwort/"

[[navigation]]
name = "Archiv"
address = "/archiv/"

{sections}
[authors]
{authors}
"""


def _stadtschreiber(article: Article) -> str:
    return _header(
        f"title: {_quoted(article.title)}",
        f"kicker: {_quoted(article.kicker)}",
        f"lead: {_quoted(article.lead)}",
        f"date: {article.date:%Y-%m-%dT%H:%M}",
        f"section: {article.section}",
        *_list("keywords", article.keywords),
        f"author: {article.author}",
        "source:",
        f"  name: {_quoted(article.source_name)}",
        f"  url: {_quoted(article.source_url)}",
    )


def _hugo(article: Article) -> str:
    return _header(
        f"title: {_quoted(article.title)}",
        f"kicker: {_quoted(article.kicker)}",
        f"description: {_quoted(article.lead)}",
        f"date: {article.date:%Y-%m-%dT%H:%M:%S}",
        *_list("rubriken", (article.section,)),
        *_list("keywords", article.keywords),
        *_list("autoren", (article.author,)),
        "source:",
        f"  name: {_quoted(article.source_name)}",
        f"  url: {_quoted(article.source_url)}",
    )


def _pelican(article: Article) -> str:
    slug = Path(article.path).stem
    return "\n".join(
        (
            f"Title: {article.title}",
            f"Slug: {slug}",
            f"Kicker: {article.kicker}",
            f"Summary: {article.lead}",
            f"Date: {article.date:%Y-%m-%d %H:%M}",
            f"Category: {SECTIONS[article.section]}",
            f"Tags: {', '.join(article.keywords)}",
            f"Author: {AUTHORS[article.author]}",
            f"Source_name: {article.source_name}",
            f"Source_url: {article.source_url}",
            "\n",
        )
    )


def _hugo_lists(content: Path, months: Iterable[Path]) -> None:
    """Give each list of Hugo's its name: sections, authors, and years and months of the archive."""
    headers = {
        **{
            content / "rubriken" / key: (f"title: {_quoted(name)}", f"slug: {key}", f"weight: {at}")
            for at, (key, name) in enumerate(SECTIONS.items(), 1)
        },
        **{
            content / "autoren" / key: (f"title: {_quoted(name)}", f"slug: {key}")
            for key, name in AUTHORS.items()
        },
    }
    for folder in months:
        year, month = folder.parent.name, int(folder.name)
        headers[folder.parent] = (f"title: {_quoted(year)}",)
        headers[folder] = (f"title: {_quoted(f'{MONTHS[month - 1]} {year}')}", f"month: {month}")
    for folder, header in headers.items():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "_index.md").write_text(_header(*header), encoding="utf-8")


def _header(*lines: str) -> str:
    return "\n".join(("---", *lines, "---", "", ""))


def _list(name: str, values: Iterable[str]) -> tuple[str, ...]:
    return (f"{name}:", *(f"  - {_quoted(value)}" for value in values))


def _quoted(text: str) -> str:
    """`text` in double quotes, which YAML, TOML and JSON read alike."""
    return json.dumps(text, ensure_ascii=False)


DIALECTS: dict[str, tuple[Callable[[Article], str], str]] = {
    "stadtschreiber": (_stadtschreiber, "](../../"),
    "hugo": (_hugo, "](/"),
    "pelican": (_pelican, "]({filename}/"),
}

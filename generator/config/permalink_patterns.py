"""The table `[addresses]` of portal.toml: the pattern of the address of each kind of page."""

from collections.abc import Iterator
from typing import Annotated

from generator.base.problems import Problem
from generator.config.setting import Allowed, Table
from generator.config.toml_file import Place
from generator.model.addresses import check_pattern


def _with(*required: str, may: tuple[str, ...] = ()) -> Allowed:
    """A pattern that has these placeholders, and that may have others."""

    def mistakes(at: Place, pattern: str) -> Iterator[Problem]:
        found = check_pattern(pattern, allowed=(*required, *may), required=required)
        yield from map(at.placed, found)

    wanted, known = "".join(rf"(?=.*\{{{n}\}})" for n in required), "|".join((*required, *may))
    return Allowed(pattern=rf"^{wanted}(?=[/{{])([^{{}}]|\{{({known})\}})*/$", check=mistakes)


Fixed = Annotated[str, _with()]


class Addresses(Table, frozen=True):
    """The patterns of the addresses of pages; each begins and ends with `/`."""

    article: Annotated[str, _with("slug", may=("year", "month", "day", "section"))] = (
        "/{year}/{month}/{slug}/"
    )
    """An article; with `{slug}`, and `{year}`, `{month}`, `{day}`, `{section}` as you like.

    Ein Artikel: mit `{slug}`, dazu nach Belieben `{year}`, `{month}`, `{day}`, `{section}`.
    """
    print: Annotated[str, _with("article")] = "{article}druck/"
    """The print view of an article.

    Die Druckansicht eines Artikels.
    """
    section: Annotated[str, _with("section")] = "/{section}/"
    """A section.

    Ein Bereich.
    """
    keywords: Fixed = "/stichwort/"
    """The list of keywords.

    Die Liste der Stichwörter.
    """
    keyword: Annotated[str, _with("keyword")] = "/stichwort/{keyword}/"
    """The articles of a keyword.

    Die Artikel zu einem Stichwort.
    """
    author: Annotated[str, _with("author")] = "/autor/{author}/"
    """The articles of an author.

    Die Artikel einer Autorin, eines Autors.
    """
    sponsored: Fixed = "/anzeigen/"
    """The sponsored articles.

    Die bezahlten Artikel.
    """
    credits: Fixed = "/bildnachweise/"
    """Where the pictures are from.

    Die Bildnachweise.
    """
    firms: Fixed = "/it-guide/"
    """The directory of firms.

    Das Firmenverzeichnis.
    """
    firm: Annotated[str, _with("slug")] = "/it-guide/{slug}/"
    """A firm.

    Eine Firma.
    """
    firm_fields: Fixed = "/it-guide/themen/"
    """The firms by what they work on.

    Die Firmen nach Arbeitsfeldern.
    """
    firm_towns: Fixed = "/it-guide/orte/"
    """The firms by their towns.

    Die Firmen nach Orten.
    """
    search: Fixed = "/suche/"
    """The search.

    Die Suche.
    """
    archive: Fixed = "/archiv/"
    """The archive.

    Das Archiv.
    """
    year: Annotated[str, _with("year")] = "/archiv/{year}/"
    """The articles of a year.

    Die Artikel eines Jahres.
    """
    month: Annotated[str, _with("year", "month")] = "/archiv/{year}/{month}/"
    """The articles of a month.

    Die Artikel eines Monats.
    """
    standing: Annotated[str, _with("slug")] = "/{slug}/"
    """A standing page.

    Eine feste Seite wie das Impressum.
    """
    numbered: Annotated[str, _with("list", "number")] = "{list}seite-{number}/"
    """An older page of a list.

    Eine ältere Seite einer Liste.
    """

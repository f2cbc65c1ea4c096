"""The address of each kind of page of a portal, from the patterns of its portal.toml."""

from generator.config.portal import Portal
from generator.model.addresses import slug


def print_view(portal: Portal, article: str) -> str:
    """The address of the print view of the article at the address `article`."""
    return portal.addresses.print.format(article=article)


def pdf(article: str, slug_of_article: str) -> str:
    """The address of the PDF of the article at the address `article`: a name to save it by."""
    return f"{article}{slug_of_article}.pdf"


def section(portal: Portal, section_id: str) -> str:
    """The address of a section's newest articles."""
    return portal.addresses.section.format(section=section_id)


def keyword(portal: Portal, name: str) -> str:
    """The address of a keyword's newest articles."""
    return portal.addresses.keyword.format(keyword=slug(name))


def author(portal: Portal, name: str) -> str:
    """The address of an author's newest articles; `name` is as in the article, often initials."""
    return portal.addresses.author.format(author=slug(name))


def year(portal: Portal, number: int) -> str:
    """The address of a year of the archive."""
    return portal.addresses.year.format(year=f"{number:04}")


def month(portal: Portal, year_number: int, number: int) -> str:
    """The address of a month of the archive."""
    return portal.addresses.month.format(year=f"{year_number:04}", month=f"{number:02}")


def numbered(portal: Portal, first: str, number: int) -> str:
    """The address of the numbered page `number` of the list that begins at the address `first`."""
    return portal.addresses.numbered.format(list=first, number=str(number))


def firm_field(portal: Portal, name: str) -> str:
    """The place in the directory at which the firms with a field of work stand."""
    return f"{portal.addresses.firm_fields}#{slug(name)}"


def firm_town(portal: Portal, name: str) -> str:
    """The place in the directory at which the firms in a town stand."""
    return f"{portal.addresses.firm_towns}#{slug(name)}"


def feed(first: str) -> str:
    """The address of the feed of the list at the address `first`."""
    return first + "feed.xml"

"""What a portal consists of: one short function `Site -> Iterable[Page]` for each kind of page.

The order is the order of publishing: no page comes before what it links to.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Final, Unpack

import msgspec

from generator.config import permalinks
from generator.config.delivery import ANY
from generator.model.addresses import path_of, slug
from generator.model.answers import Filters, Redirect, SitemapEntry
from generator.model.article import Article, Firm, Source, StandingPage, When
from generator.site import downloads
from generator.site.assets import BESIDE
from generator.site.index import Site

SITEMAP_SIZE: Final = 50_000
"""At most so many addresses in one sitemap (https://www.sitemaps.org/protocol.html)."""


SERVER_FILES: Final[dict[str, tuple[str, ...]]] = {
    ANY: (),
    "nginx": (".server/redirects.map", ".server/headers.conf"),
    "gitlab-pages": ("_redirects",),
    "netlify": ("_redirects", "_headers"),
}
"""The files that tell each kind of server of redirects and headers."""


FIELDS: Final[dict[type[Source], str]] = {
    Article: "article",
    StandingPage: "standing",
    Firm: "firm",
}
"""Which field of a page names the source that it is about."""


class Page(msgspec.Struct, frozen=True, array_like=True):
    """One file to be: its address, its layout and what it is about.

    `article`, `standing` and `firm` are paths of sources; `section`, `keyword`, `author`, `kind`,
    `year` and `month` say what a list is of.  A page of a numbered list has its `number` and the
    addresses of its neighbours, `newer` and `older`, and of the list's `first` page; the first
    page's number is 0.  `feed` is the address of the feed that tells of what the page tells of.
    `redirect_target` is the address to which a redirect leads.  `listed`: whether sitemaps name it.
    `file` is the name, among the assets, of one that is published as it is: it has no layout.
    """

    address: str
    layout: str
    article: str = ""
    standing: str = ""
    section: str = ""
    keyword: str = ""
    author: str = ""
    kind: str = ""
    year: int = 0
    month: int = 0
    number: int = 0
    newer: str = ""
    older: str = ""
    first: str = ""
    feed: str = ""
    redirect_target: str = ""
    listed: bool = True
    firm: str = ""
    file: str = ""

    @property
    def source(self) -> str:
        """The path of the source that it is about, or ""."""
        return self.article or self.standing or self.firm

    @property
    def is_pdf(self) -> bool:
        """Whether Typst makes this page."""
        return self.layout.endswith(".typ")

    @property
    def target(self) -> str:
        """The file's path below `output/`; `addresses.target` checks it before it is written."""
        return path_of(self.address)


def article_pages(site: Site) -> Iterator[Page]:
    """Each article, and its print view, one after the other: both show the same text."""
    for article in site.all_articles:
        path, section = article.path, article.section
        yield Page(article.address, "article.html", article=path, section=section)
        address = permalinks.print_view(site.portal, article.address)
        yield Page(address, "print.html", article=path, section=section, listed=False)


def download_pages(site: Site) -> Iterator[Page]:
    """The files that texts offer, each once at its address.

    One in `assets/` may be offered by many: its page names the first of them.
    """
    known: set[str] = set()
    for entry in site.entries.values():
        for name in entry.downloads:
            if name.startswith(BESIDE) or name not in known:
                page = Page(downloads.address(entry.source, name), "", listed=False, file=name)
                about = {FIELDS[type(entry.source)]: entry.source.path}
                yield msgspec.structs.replace(page, **about)
            known.add(name)


def pdf_pages(site: Site) -> Iterator[Page]:
    """The PDF of each article, or of the newest ones."""
    settings = site.portal.pdf
    articles = site.all_articles[: settings.newest] if settings.newest else site.all_articles
    for article in articles if settings.enabled else ():
        yield Page(
            permalinks.pdf(article.address, article.slug), "pdf/article.typ",
            article=article.path, section=article.section, listed=False,
        )  # fmt: skip


def standing_pages(site: Site) -> Iterator[Page]:
    """Impressum, Datenschutz and their like."""
    for page in site.all_standing:
        yield Page(page.address, "standing.html", standing=page.path)


def firm_pages(site: Site) -> Iterator[Page]:
    """Each firm, and the directory by name, field of work and town; nothing without firms."""
    for firm in site.directory.all:
        yield Page(firm.address, "firm.html", firm=firm.path)
    if site.directory.all:
        addresses = site.portal.addresses
        yield Page(addresses.firm_fields, "firm-fields.html")
        yield Page(addresses.firm_towns, "firm-towns.html")
        yield Page(addresses.firms, "firms.html")


def section_pages(site: Site) -> Iterator[Page]:
    """Each section's newest articles and its numbered pages."""
    for section in site.portal.sections:
        first = permalinks.section(site.portal, section.id)
        yield from _numbered(site, first, "section.html", section=section.id)


def keyword_pages(site: Site) -> Iterator[Page]:
    """Each keyword's newest articles and its numbered pages."""
    for name in site.keyword_names.values():
        first = permalinks.keyword(site.portal, name)
        yield from _numbered(site, first, "keyword.html", keyword=name)


def author_pages(site: Site) -> Iterator[Page]:
    """Each author's newest articles and numbered pages."""
    for name in site.author_names.values():
        first = permalinks.author(site.portal, name)
        yield from _numbered(site, first, "author.html", author=name)


def sponsored_pages(site: Site) -> Iterator[Page]:
    """The sponsored posts, which stand apart from all editorial lists."""
    yield from _numbered(site, site.portal.addresses.sponsored, "sponsored.html", kind="sponsored")


def archive_pages(site: Site) -> Iterator[Page]:
    """The archive's months, years and its front."""
    years = site.years()
    for year in years:
        for month in year.months:
            yield Page(month.address, "month.html", kind="all", year=year.year, month=month.month)
    for year in years:
        yield Page(year.address, "year.html", kind="all", year=year.year)
    yield Page(site.portal.addresses.archive, "archive.html", kind="all")


def keyword_index(site: Site) -> Iterator[Page]:
    """All keywords from A to Z."""
    yield Page(site.portal.addresses.keywords, "keywords.html")


def credits_page(site: Site) -> Iterator[Page]:
    """Whose pictures the portal shows."""
    yield Page(site.portal.addresses.credits, "credits.html")


def search_page(site: Site) -> Iterator[Page]:
    """Where readers search."""
    if site.portal.search.enabled:
        yield Page(site.portal.addresses.search, "search.html", listed=False)


def server_rules(site: Site) -> Iterator[Page]:
    """What the server is told that delivers the portal: redirects and headers."""
    for name in SERVER_FILES[site.portal.delivery.server]:
        yield Page(f"/{name}", f"server/{name.rpartition('/')[2]}", listed=False)


def feeds(site: Site) -> Iterator[Page]:
    """The feeds: of the portal, of each section, of each keyword, of the sponsored posts."""
    yield _feed("/")
    for section in site.portal.sections:
        yield _feed(permalinks.section(site.portal, section.id), section=section.id)
    for name in site.keyword_names.values():
        if site.count(keyword=name):
            yield _feed(permalinks.keyword(site.portal, name), keyword=name)
    yield _feed(site.portal.addresses.sponsored, kind="sponsored")


def _feed(first: str, **filters: Unpack[Filters]) -> Page:
    """The feed of the list with the address `first`."""
    return Page(permalinks.feed(first), "feed.xml", first=first, listed=False, **filters)


def front_page(_site: Site) -> Iterator[Page]:
    """The front page, last of all that link."""
    yield Page("/", "front.html", feed=permalinks.feed("/"))


def not_found(_site: Site) -> Iterator[Page]:
    """What a server shows for an address that does not exist."""
    yield Page("/404.html", "not-found.html", listed=False)


def robots(_site: Site) -> Iterator[Page]:
    """What crawlers may do."""
    yield Page("/robots.txt", "robots.txt", listed=False)


def notices(site: Site) -> Iterator[Page]:
    """What is told to programs that look for it, where portal.toml has something to tell."""
    if site.portal.security.contact:
        yield Page("/.well-known/security.txt", "security.txt", listed=False)
    if not site.portal.crawlers.mining:
        yield Page("/.well-known/tdmrep.json", "tdmrep.json", listed=False)


def manifest(_site: Site) -> Iterator[Page]:
    """What a telephone calls the portal on its home screen, and which icon it shows."""
    yield Page("/site.webmanifest", "site.webmanifest", listed=False)


def news_sitemap(_site: Site) -> Iterator[Page]:
    """The articles of the last two days, for search engines."""
    yield Page("/sitemap-news.xml", "sitemap-news.xml", listed=False)


def alias_redirects(site: Site) -> Iterator[Page]:
    """The old addresses of articles, standing pages and firms."""
    sources: tuple[Source, ...] = (*site.all_articles, *site.all_standing, *site.directory.all)
    for source in sources:
        for alias in source.aliases:
            yield Page(alias, "redirect.html", redirect_target=source.address, listed=False)


def can_redirect(alias: str, server: str) -> bool:
    """Whether an old address can lead to another one: by a rule of the server, or as a page.

    A page leads on only where servers deliver it as HTML, which they do by its ending.
    """
    return bool(SERVER_FILES[server]) or path_of(alias).casefold().endswith((".html", ".htm"))


def leads_on(page: Page, server: str) -> bool:
    """Whether readers find something at the address of `page`, be it by a rule of the server."""
    return not page.redirect_target or can_redirect(page.address, server)


def synonym_redirects(site: Site) -> Iterator[Page]:
    """The other names of keywords, where the one that counts has a page."""
    names = {slug(other): name for other, name in site.portal.synonyms.items()}
    for other, name in names.items():
        if slug(name) in site.keyword_names and other != slug(name):
            yield Page(
                permalinks.keyword(site.portal, other), "redirect.html",
                redirect_target=permalinks.keyword(site.portal, name), listed=False,
            )  # fmt: skip


KINDS: Final[tuple[Callable[[Site], Iterable[Page]], ...]] = (
    manifest,  # the first, since every page links to it
    download_pages,
    article_pages,
    pdf_pages,
    standing_pages,
    firm_pages,
    section_pages,
    keyword_pages,
    author_pages,
    sponsored_pages,
    archive_pages,
    keyword_index,
    credits_page,
    search_page,
    feeds,
    front_page,
    not_found,
    robots,
    news_sitemap,
    notices,
    alias_redirects,
    synonym_redirects,
    server_rules,
)


def plan(site: Site) -> tuple[Page, ...]:
    """All pages of the portal, in the order of publishing."""
    pages = [page for kind in KINDS for page in kind(site)]
    return (*pages, *_sitemaps(pages))


def redirects(site: Site) -> tuple[Redirect, ...]:
    """All old addresses, with what they lead to, in the order of the plan."""
    pages = (*alias_redirects(site), *synonym_redirects(site))
    return tuple(Redirect(page.address, page.redirect_target) for page in pages)


def to_be_written(pages: Iterable[Page], server: str) -> tuple[Page, ...]:
    """`pages` without redirects that the `server` makes by itself, and those that nobody can."""
    by_itself = bool(SERVER_FILES[server])
    return tuple(
        page
        for page in pages
        if not page.redirect_target or (not by_itself and can_redirect(page.address, server))
    )


def _sitemaps(pages: Iterable[Page]) -> Iterator[Page]:
    """The sitemap, in parts with an index before them where it is too long for one."""
    parts = -(-sum(page.listed for page in pages) // SITEMAP_SIZE)
    if parts <= 1:
        yield Page("/sitemap.xml", "sitemap.xml", number=1, listed=False)
        return
    for number in range(1, parts + 1):
        yield Page(f"/sitemap-{number}.xml", "sitemap.xml", number=number, listed=False)
    yield Page("/sitemap.xml", "sitemap-index.xml", number=parts, listed=False)


def sitemap(site: Site, pages: Iterable[Page], number: int) -> tuple[SitemapEntry, ...]:
    """The addresses in the sitemap's part `number`, counted from 1, in the order of the plan."""
    listed = [page for page in pages if page.listed]
    part = listed[(number - 1) * SITEMAP_SIZE : number * SITEMAP_SIZE]
    return tuple(SitemapEntry(page.address, _modified(site, page)) for page in part)


def _modified(site: Site, page: Page) -> When | None:
    return site.article(page.article).changed if page.article else None


def _numbered(site: Site, first: str, layout: str, **filters: Unpack[Filters]) -> Iterator[Page]:
    """The pages of a numbered list, then its first page, each with its neighbours."""
    last = site.last_number(**filters)
    # A keyword that only sponsored posts have has no feed.
    has_feed = not ("author" in filters or ("keyword" in filters and not site.count(**filters)))
    feed = permalinks.feed(first) if has_feed else ""

    def address(number: int) -> str:
        return permalinks.numbered(site.portal, first, number) if number else ""

    for number in range(1, last + 1):
        newer = first if number == last else address(number + 1)
        older = address(number - 1)
        yield Page(
            address(number), layout, number=number, newer=newer, older=older, first=first,
            feed=feed, **filters,
        )  # fmt: skip
    yield Page(first, layout, older=address(last), first=first, feed=feed, **filters)

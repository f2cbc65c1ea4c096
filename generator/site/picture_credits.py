"""Whose pictures a site shows, and where: collected, beside standing at each of them."""

from collections import defaultdict
from typing import Final

from generator.model.addresses import letter, sort_key
from generator.model.answers import Credit, Headline, headline
from generator.site import links
from generator.site.index import Site

SHOWN: Final = 5
"""Of the articles with pictures of one source, so many are named: the newest."""


def collected(site: Site) -> tuple[Credit, ...]:
    """Everyone whose pictures published articles show, in German order."""
    articles: defaultdict[str, list[Headline]] = defaultdict(list)
    for article in site.all_articles:
        entry = site.entries[article.path]
        if not (article.image or entry.placeholders):
            continue  # as most are
        named = {image.credit for image, _ in links.images(entry)}
        for name in named - {""}:
            articles[name].append(headline(article))
    return tuple(
        Credit(name, letter(name), len(articles[name]), tuple(articles[name][:SHOWN]))
        for name in sorted(articles, key=lambda name: (sort_key(name), name))
    )

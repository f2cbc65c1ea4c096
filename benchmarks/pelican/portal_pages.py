"""What Pelican has not of itself: related articles, and a print view of each article.

Pelican finds it by the name in PLUGINS.
"""

from collections import Counter
from typing import Any

from pelican import signals  # type: ignore[import-not-found,import-untyped,unused-ignore]


def add_neighbours(generator: Any) -> None:
    """Give each article `related`, four that share its keywords, and `more`, five of its section.

    Very common keywords do not count, as in Hugo's settings.  All pages get the `newest` ten.
    """
    generator.context["newest"] = generator.articles[:10]
    tagged = {tag: articles for tag, articles in generator.tags.items() if articles}
    limit = len(generator.articles) * 0.05
    for article in generator.articles:
        scores: Counter[Any] = Counter()
        for tag in getattr(article, "tags", ()):
            others = tagged[tag]
            if len(others) <= limit:
                for other in others:
                    scores[other] += 1
        del scores[article]
        # Counter keeps the order of its filling, which is newest first within each keyword.
        article.related = [other for other, _ in scores.most_common(4)]
    for _, articles in generator.categories:
        newest = articles[:7]
        for article in articles:
            article.more = [other for other in newest if other is not article][:6]


def write_print_views(generator: Any, writer: Any) -> None:
    """Write `druck/index.html` beside each article."""
    template = generator.get_template("print")
    for article in generator.articles:
        writer.write_file(
            f"{article.url}druck/index.html",
            template,
            generator.context,
            article=article,
            relative_urls=False,
        )


def register() -> None:
    """Called by Pelican."""
    signals.article_generator_finalized.connect(add_neighbours)
    signals.article_writer_finalized.connect(write_print_views)

"""Write an export of WordPress (WXR 1.2) with N synthetic German articles.

python -m benchmarks.wxr 10000 FILE [--seed 1]

Half of the articles come from the block editor, half from the one before it; beside them stand the
files of the media library, a tenth as many as articles.
"""

import argparse
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, timedelta
from email.utils import format_datetime
from html import escape
from pathlib import Path

from benchmarks.articles import AUTHORS, SECTIONS, Article, articles
from benchmarks.dice import Dice
from benchmarks.prose import address_words

SITE = "https://www.fachblatt.example"
LIBRARY = 10_000_000  # numbers of pictures begin here, so that none is that of an article

_CHANNEL = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel>
<title>Fachblatt</title>
<link>{site}</link>
<description>Nachrichten aus Verwaltung und Technik</description>
<language>de-DE</language>
<wp:wxr_version>1.2</wp:wxr_version>
<wp:base_site_url>{site}</wp:base_site_url>
<wp:base_blog_url>{site}</wp:base_blog_url>
"""
_ITEM = """<item>
<title><![CDATA[{title}]]></title>
<link>{link}</link>
<pubDate>{published}</pubDate>
<dc:creator><![CDATA[{author}]]></dc:creator>
<guid isPermaLink="false">{site}/?p={number}</guid>
<content:encoded><![CDATA[{text}]]></content:encoded>
<excerpt:encoded><![CDATA[{lead}]]></excerpt:encoded>
<wp:post_id>{number}</wp:post_id>
<wp:post_date><![CDATA[{date:%Y-%m-%d %H:%M:%S}]]></wp:post_date>
<wp:post_date_gmt><![CDATA[{utc:%Y-%m-%d %H:%M:%S}]]></wp:post_date_gmt>
<wp:comment_status>closed</wp:comment_status>
<wp:post_name><![CDATA[{name}]]></wp:post_name>
<wp:status>{status}</wp:status>
<wp:post_parent>0</wp:post_parent>
<wp:post_type>{kind}</wp:post_type>
{more}</item>
"""
_META = (
    "<wp:postmeta><wp:meta_key>{}</wp:meta_key>"
    "<wp:meta_value><![CDATA[{}]]></wp:meta_value></wp:postmeta>\n"
)
_EMBED = "https://www.youtube.com/watch?v=Fachblatt{}"


def export(count: int, seed: int = 1) -> Iterator[str]:
    """The export, item by item."""
    dice = Dice(seed)
    pictures = max(count // 10, 1)
    yield _CHANNEL.format(site=SITE)
    for login, name in AUTHORS.items():
        yield (
            f"<wp:author><wp:author_login>{login}</wp:author_login>"
            f"<wp:author_display_name><![CDATA[{name}]]></wp:author_display_name></wp:author>\n"
        )
    for section, name in SECTIONS.items():
        yield (
            f"<wp:category><wp:category_nicename>{section}</wp:category_nicename>"
            f"<wp:category_parent></wp:category_parent>"
            f"<wp:cat_name><![CDATA[{name}]]></wp:cat_name></wp:category>\n"
        )
    for number, article in enumerate(articles(count, seed), 1):
        yield _article(article, number, pictures, dice)
        if number <= pictures:
            yield _picture(article, number)
    yield "</channel>\n</rss>\n"


def _article(article: Article, number: int, pictures: int, dice: Dice) -> str:
    """An article as an item, every second one as blocks."""
    name = Path(article.path).stem
    terms = [("category", article.section, SECTIONS[article.section])]
    terms += [("post_tag", address_words(word), word) for word in article.keywords]
    more = "".join(
        f'<category domain="{domain}" nicename="{nicename}"><![CDATA[{shown}]]></category>\n'
        for domain, nicename, shown in terms
    )
    if dice.chance(0.3):
        more += _META.format("_thumbnail_id", LIBRARY + dice.between(1, pictures))
    more += _META.format("_edit_last", "1")
    text = (_blocks if number % 2 else _classic)(_extended(article.text, pictures, dice))
    return _ITEM.format(
        site=SITE, title=article.title, author=article.author, number=number, text=text,
        lead=article.lead, date=article.date, utc=article.date - timedelta(hours=1), name=name,
        link=f"{SITE}/{article.path.removesuffix('.md')}/", kind="post", more=more,
        status="draft" if dice.chance(0.02) else "publish", published=_published(article),
    )  # fmt: skip


def _picture(article: Article, number: int) -> str:
    """A file of the media library."""
    url = f"{SITE}/wp-content/uploads/bild-{number}.jpg"
    more = f"<wp:attachment_url><![CDATA[{url}]]></wp:attachment_url>\n"
    more += _META.format("_wp_attachment_image_alt", f"Foto zu: {article.title}")
    return _ITEM.format(
        site=SITE, title=f"bild-{number}", author=article.author, number=LIBRARY + number, text="",
        lead=article.lead, date=article.date, utc=article.date - timedelta(hours=1),
        name=f"bild-{number}", link=f"{SITE}/bild-{number}/", kind="attachment", more=more,
        status="inherit", published=_published(article),
    )  # fmt: skip


def _published(article: Article) -> str:
    """When an article appeared, as RSS has it."""
    return format_datetime((article.date - timedelta(hours=1)).replace(tzinfo=UTC))


def _extended(text: str, pictures: int, dice: Dice) -> list[str]:
    """The blocks of a text, with pictures, galleries and embeds between them."""
    blocks = [block for block in text.strip().split("\n\n") if not block.startswith("[^")]
    for _ in range(dice.between(0, 2)):
        at = dice.between(1, len(blocks))
        kind = dice.weighted(((0.7, "!"), (0.15, "!!"), (0.15, "@")))
        numbers = " ".join(str(dice.between(1, pictures)) for _ in range(3 if kind == "!!" else 1))
        blocks.insert(at, f"{kind}{numbers}")
    return blocks


def _inline(said: str) -> str:
    said = re.sub(r"\[\^\d+\]", "", escape(said, quote=False))
    said = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", said)
    said = re.sub(r"\*(.+?)\*", r"<em>\1</em>", said)
    said = re.sub(r"\[([^\]]+)\]\(article:([^)]+)\.md\)", rf'<a href="{SITE}/\2/">\1</a>', said)
    return re.sub(r"\[([^\]]+)\]\(([^)]+)\)", r'<a href="\2">\1</a>', said)


def _image(number: str, width: int = 1024) -> str:
    url = f"{SITE}/wp-content/uploads/bild-{number}-{width}x{width * 2 // 3}.jpg"
    return f'<img src="{url}" alt="" class="wp-image-{LIBRARY + int(number)}"/>'


def _table(block: str) -> str:
    rows = [[_inline(c.strip()) for c in row.strip("|").split("|")] for row in block.split("\n")]
    head, body = rows[0], rows[2:]
    heads = "".join(f"<th>{cell}</th>" for cell in head)
    lines = "".join(f"<tr>{''.join(f'<td>{c}</td>' for c in row)}</tr>" for row in body)
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>"


def _items(block: str) -> list[str]:
    return [_inline(line.removeprefix("- ")) for line in block.split("\n")]


def _block(block: str) -> tuple[str, str]:  # noqa: PLR0911 - a way out for each kind
    """The name of a block with its settings, and its HTML."""
    match block[0]:
        case "#":
            said = _inline(block.removeprefix("## "))
            return "heading", f'<h2 class="wp-block-heading">{said}</h2>'
        case "-":
            items = "\n\n".join(
                f"<!-- wp:list-item -->\n<li>{item}</li>\n<!-- /wp:list-item -->"
                for item in _items(block)
            )
            return "list", f'<ul class="wp-block-list">{items}</ul>'
        case ">":
            said = _inline(block.removeprefix("> "))
            return "quote", f'<blockquote class="wp-block-quote"><p>{said}</p></blockquote>'
        case "|":
            return "table", f'<figure class="wp-block-table">{_table(block)}</figure>'
        case "@":
            url = _EMBED.format(block[1:])
            return (
                f'embed {{"url":"{url}","type":"video","providerNameSlug":"youtube"}}',
                '<figure class="wp-block-embed is-type-video"><div '
                f'class="wp-block-embed__wrapper">\n{url}\n</div></figure>',
            )
        case "!":
            numbers = block.lstrip("!").split()
            figures = [
                f'<figure class="wp-block-image size-large">{_image(number)}<figcaption '
                f'class="wp-element-caption">Bild {number} der Reihe</figcaption></figure>'
                for number in numbers
            ]
            if len(figures) == 1:
                return f'image {{"id":{LIBRARY + int(numbers[0])}}}', figures[0]
            inner = "\n\n".join(f"<!-- wp:image -->\n{f}\n<!-- /wp:image -->" for f in figures)
            return "gallery", f'<figure class="wp-block-gallery">{inner}</figure>'
    return "paragraph", f"<p>{_inline(block)}</p>"


def _blocks(blocks: Sequence[str]) -> str:
    """A text as the block editor keeps it."""
    made = map(_block, blocks)
    return "\n\n".join(
        f"<!-- wp:{name} -->\n{html}\n<!-- /wp:{name.split(' ')[0]} -->" for name, html in made
    )


def _classic(blocks: Sequence[str]) -> str:
    """A text as the editor before it kept it: paragraphs without tags, shortcodes."""
    parts: list[str] = []
    for block in blocks:
        if block[0] == "@":
            parts.append(_EMBED.format(block[1:]))
        elif block[0] == "-":
            parts.append(
                "<ul>\n" + "\n".join(f" \t<li>{i}</li>" for i in _items(block)) + "\n</ul>"
            )
        elif block.startswith("!!"):
            numbers = block[2:].split()
            parts.append(f'[gallery ids="{",".join(str(LIBRARY + int(n)) for n in numbers)}"]')
        elif block[0] == "!":
            number = block[1:]
            parts.append(
                f'[caption id="attachment_{number}" align="alignnone" width="300"]'
                f"{_image(number, 300)} Bild {number} der Reihe[/caption]"
            )
        else:
            html = _block(block)[1]
            parts.append(html.removeprefix("<p>").removesuffix("</p>"))
    return "\n\n".join(parts)


def main(arguments: Sequence[str] | None = None) -> None:
    """Write an export as the command line says."""
    parser = argparse.ArgumentParser(description="Write an export of WordPress to FILE.")
    parser.add_argument("count", type=int, metavar="N")
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    with asked.file.open("w", encoding="utf-8") as file:
        file.writelines(export(asked.count, asked.seed))


if __name__ == "__main__":
    main()

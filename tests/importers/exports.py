"""Exports of WordPress, written by hand: items and the file around them."""

from html import escape

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
  xmlns:content="http://purl.org/rss/1.0/modules/content/"
  xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>Amtsblatt &amp; mehr</title><link>https://alt.example</link>
<description>Neues</description><language>de-DE</language><wp:wxr_version>1.2</wp:wxr_version>
<wp:base_blog_url>https://alt.example</wp:base_blog_url>
<wp:author><wp:author_login>ve</wp:author_login><wp:author_email>ve@alt.example</wp:author_email>
<wp:author_display_name><![CDATA[Vera Eschenbach]]></wp:author_display_name></wp:author>
<wp:category><wp:category_nicename>politik</wp:category_nicename><wp:category_parent/>
<wp:cat_name><![CDATA[Politik]]></wp:cat_name></wp:category>
"""
POLITICS = '<category domain="category" nicename="politik"><![CDATA[Politik]]></category>'


def cdata(text: str) -> str:
    return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"


def meta(**values: str) -> str:
    return "".join(
        f"<wp:postmeta><wp:meta_key>{key}</wp:meta_key><wp:meta_value>{cdata(value)}"
        "</wp:meta_value></wp:postmeta>"
        for key, value in values.items()
    )


def item(number: int, content: str = "", *, more: str = POLITICS, **fields: str) -> str:
    """A public post of 20 November 2023, 10:00 in Berlin, unless `fields` say otherwise."""
    given = {
        "title": f"Beitrag {number}",
        "link": f"https://alt.example/2023/11/20/beitrag-{number}/",
        "dc:creator": "ve",
        "excerpt:encoded": "",
        "wp:post_id": str(number),
        "wp:post_date": "2023-11-20 10:00:00",
        "wp:post_date_gmt": "2023-11-20 09:00:00",
        "wp:post_name": f"beitrag-{number}",
        "wp:status": "publish",
        "wp:post_parent": "0",
        "wp:post_type": "post",
        "wp:post_password": "",
    }
    for name, value in fields.items():
        given[next((known for known in given if known.endswith(name)), f"wp:{name}")] = value
    said = "".join(f"<{name}>{cdata(value)}</{name}>" for name, value in given.items())
    return f"<item>{said}<content:encoded>{cdata(content)}</content:encoded>{more}</item>\n"


def attachment(
    number: int, file: str, *, caption: str = "", parent: str = "0", **values: str
) -> str:
    """A picture of the library; `values` are its metadata."""
    url = f"https://alt.example/wp-content/uploads/{file}"
    return item(
        number, post_type="attachment", status="inherit", attachment_url=url, parent=parent,
        encoded=caption, link=f"https://alt.example/?attachment_id={number}", more=meta(**values),
    )  # fmt: skip


def export(*items: str, head: str = HEAD) -> bytes:
    return (head + "".join(items) + "</channel></rss>\n").encode()


def text(plain: str) -> str:
    return escape(plain)

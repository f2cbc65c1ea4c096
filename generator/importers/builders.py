"""Shortcodes of page builders: the pictures, titles and buttons that stand in their attributes."""

import base64
import json
import re
from collections.abc import Iterator, Mapping
from html import escape, unescape
from typing import Final
from urllib.parse import unquote

from generator.importers.attachments import Attachment, figure
from generator.importers.html_tree import names
from generator.importers.pictures import is_picture

DATA: Final = (
    "_elementor_data", "_fl_builder_data", "_bricks_page_content_2", "ct_builder_shortcodes",
    "panels_data",
)  # fmt: skip
"""Where builders keep a text that is not in the item's own."""
_TEXTS: Final = ("editor", "html", "description", "description_text", "tab_content", "content",
                 "testimonial_content", "item_description")  # fmt: skip
RAW: Final = names("vc_raw_html vc_raw_js")
"""Shortcodes that hold HTML in a form that no editor of texts touches."""

_SHOWS_TITLE: Final = re.compile(
    r"accordion|blurb|box|btn|button|card|counter|cta|faq|head(?:er|ing)|panel|person|section_title"
    r"|slide|spoiler|tab\b|testimonial|toggle"
)
_SET_APART: Final = re.compile(
    rf"^(?:vc|et_pb|fusion|av|cs|mk|us|tabs?|row|col|(?:one|two|three|four|five)[_-])"
    rf"|half|third|fourth|quarter|{_SHOWS_TITLE.pattern}"
)
_TITLES: Final = ("title", "title_text", "tab_title", "heading", "text", "question", "header",
                  "label", "button_text", "name")  # fmt: skip
_PICTURES: Final = ("image", "src", "image_url", "image_id", "photo", "attachment")
_LINKS: Final = ("link", "url", "href", "button_url", "button_link")
_ADDRESS: Final = re.compile(r"(?:https?:/|mailto:|[/#])\S+")


def shown(name: str, given: Mapping[str, str], inner: str, files: Mapping[str, Attachment]) -> str:
    """`inner` with what the attributes of its shortcode show."""
    meant = (*(given.get(key, "") for key in _PICTURES), inner.strip())
    made = (_picture(value, given.get("alt", ""), files) for value in meant)
    picture = next(filter(None, made), "")
    inner = "" if picture and is_picture(inner.strip()) else inner
    title = next((given[key] for key in _TITLES if given.get(key)), "")
    title = title if _SHOWS_TITLE.search(name) else ""
    link = next((to for key in _LINKS if (to := _address(given.get(key, "")))), "")
    if link and (inner.strip() or title):
        inner = f'<a href="{escape(link)}">{inner.strip() or title}</a>'
    elif title:
        tag = "h2" if "heading" in name else "strong"
        inner = f"<{tag}>{title}</{tag}>\n\n{inner}"
    if "quote" in name and inner.strip():
        source = given.get("cite") or given.get("author") or given.get("source")
        return f"\n\n<blockquote>{inner}{f'<p>{source}</p>' if source else ''}</blockquote>\n\n"
    apart = "\n\n" if picture or _SET_APART.search(name) else ""
    return f"{apart}{picture}{apart if picture else ''}{inner}{apart}"


def elementor(data: str) -> str:
    """What Elementor keeps of a text beside it, as HTML."""
    try:
        return "\n\n".join(_widgets(json.loads(data or "[]")))
    except (ValueError, RecursionError):
        return ""


def _widgets(found: object) -> Iterator[str]:
    for each in found if isinstance(found, list) else ():
        if not isinstance(each, dict):
            continue
        given = each.get("settings")
        given = given if isinstance(given, dict) else {}
        said = {name: value for name, value in given.items() if isinstance(value, str)}
        image, link = (given.get(name) for name in ("image", "link"))
        if isinstance(image, dict) and image.get("url"):
            yield f'<figure><img src="{escape(str(image["url"]))}"></figure>'
        title = next((said[name] for name in _TITLES if said.get(name)), "")
        if each.get("widgetType") == "heading":
            yield f"<h2>{title}</h2>"
        elif title and isinstance(link, dict) and link.get("url"):
            yield f'<p><a href="{escape(str(link["url"]))}">{title}</a></p>'
        elif title and each.get("widgetType"):
            yield f"<p><strong>{title}</strong></p>"
        yield from (f"<div>{said[name]}</div>" for name in _TEXTS if said.get(name))
        for inner in given.values():
            yield from _widgets(inner)
        yield from _widgets(each.get("elements"))


def raw(inner: str) -> str:
    """The HTML that such a shortcode holds; "" where it is none."""
    try:
        html = unquote(base64.b64decode(inner.strip(), validate=True).decode())
    except ValueError:
        return ""
    return f"\n\n{html}\n\n"


def _picture(value: str, alt: str, files: Mapping[str, Attachment]) -> str:
    if value in files:
        return figure(files[value])
    if value.startswith(("http://", "https://", "/")) and is_picture(value) and " " not in value:
        return f'<figure><img src="{escape(unescape(value))}" alt="{alt}"></figure>'
    return ""


def _address(value: str) -> str:
    """Where a link leads; WPBakery writes it percent-encoded, with a title and a target."""
    if found := re.match(r"url:([^|]+)", value):
        value = unquote(found[1])
    return unescape(value) if _ADDRESS.fullmatch(value) else ""

"""Shortcodes of page builders: the pictures, titles and buttons that stand in their attributes."""

import base64
import re
from collections.abc import Mapping
from html import escape, unescape
from typing import Final
from urllib.parse import unquote

from generator.importers.attachments import Attachment, figure
from generator.importers.html_tree import names
from generator.importers.pictures import is_picture

RAW: Final = names("vc_raw_html vc_raw_js")
"""Shortcodes that hold HTML in a form that no editor of texts touches."""

_SHOWS_TITLE: Final = re.compile(
    r"accordion|blurb|box|btn|button|card|counter|cta|faq|head(?:er|ing)|panel|person|section_title"
    r"|slide|spoiler|tab\b|testimonial|toggle"
)
_SET_APART: Final = re.compile(
    rf"^(?:vc|et_pb|fusion|av|cs|mk|tabs?|row|col)|{_SHOWS_TITLE.pattern}"
)
_TITLES: Final = ("title", "heading", "text", "question", "header", "label", "button_text", "name")
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

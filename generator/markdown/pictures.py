"""Pictures in a text: each becomes a placeholder, where a whole figure may stand."""

import re
from typing import Final
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from generator.markdown import links
from generator.markdown.elements import detach, insert_behind, parents_in
from generator.markdown.notes import Notes, plain
from generator.model.article import Image, Picture

_CREDIT: Final = re.compile(
    r"\s*\((?:Foto|Fotos|Bild|Bilder|Grafik|Illustration|Quelle)\s*:\s*"
    r"((?:[^()]|\([^()]*\))+)\)\s*$"
)
_FLOW: Final = frozenset(
    {"div", "blockquote", "li", "dd", "dt", "td", "th", "section", "figure", "details"}
)
"""What may hold a figure; nothing else in a text may."""


def place(root: Element, pictures: list[Element], notes: Notes) -> None:
    """Take `pictures` out of the text and put a placeholder for each behind the block it stood in.

    A picture alone in its paragraph takes the place of the paragraph.
    """
    parents = parents_in(root)
    placeholders = [_placeholder(_lineage(picture, parents), notes) for picture in pictures]
    # The last one first, so that several behind one block keep their order.
    for picture, placeholder in zip(reversed(pictures), reversed(placeholders), strict=True):
        lineage = _lineage(picture, parents)
        block = lineage[-1]
        if placeholder:
            insert_behind(block, Element("figure", {"class": placeholder}), parents[block])
        for element in lineage:
            if len(element) or (element.text or "").strip():
                break
            detach(element, parents[element])


def _lineage(picture: Element, parents: dict[Element, Element]) -> list[Element]:
    """`picture` and what it stands in, up to the block behind which a figure may stand."""
    lineage = [picture]
    while parents[lineage[-1]].tag not in _FLOW:
        lineage.append(parents[lineage[-1]])
    return lineage


def _placeholder(lineage: list[Element], notes: Notes) -> str:
    """The mark of the placeholder for a picture; "", and a problem, where it cannot be shown."""
    picture = lineage[0]
    written = picture.get("src", "")
    meant = links.address(written)
    place = notes.place_of_address(written)
    if meant.kind == "empty":
        notes.report("markdown-picture-empty", place)
        return ""
    if meant.scheme or meant.kind == "external":
        notes.report("markdown-picture-elsewhere", place, file=meant.text)
        return ""
    file = unquote(meant.text)
    image = _image(file, picture, lineage[-1])
    if not image.alt:
        notes.report("markdown-picture-undescribed", place, file=file)
    if any(element.tag == "a" for element in lineage):
        notes.report("markdown-picture-linked", place, file=file)
    return notes.placeholder(Picture(image, place[0]))


def _image(file: str, picture: Element, block: Element) -> Image:
    title = plain(picture.get("title", ""))
    alone = len(block) == 1 and not f"{block.text or ''}{picture.tail or ''}".strip()
    given = picture.get("credit") or (block.get("credit") if alone else None)
    found = None if given else _CREDIT.search(title)
    caption = title[: found.start()] if found else title
    credit = plain(given) if given else found[1] if found else ""
    return Image(file, plain(picture.get("alt", "")).strip(), credit.strip(), caption.strip())

"""Files of a media library, and how a text shows them."""

from html import escape

import msgspec


class Attachment(msgspec.Struct, frozen=True):
    """A file of the media library, with what the library says of it."""

    id: str
    url: str
    alt: str = ""
    caption: str = ""
    credit: str = ""
    parent: str = ""


def figure(file: Attachment) -> str:
    """A file of the library as a picture with its caption."""
    credit = f"(Foto: {file.credit})" if file.credit else ""
    caption = " ".join(filter(None, (file.caption, credit)))
    said = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f'<figure><img src="{escape(file.url)}" alt="{escape(file.alt)}">{said}</figure>'

"""The files that the preview's panels need in a browser.

Files of their own, since a page may forbid style and script within it.
"""

import hashlib
import posixpath
from functools import cache
from importlib.resources import files
from typing import Final

KINDS: Final = {
    "stadtschreiber-preview.css": "text/css; charset=utf-8",
    "stadtschreiber-preview.js": "text/javascript; charset=utf-8",
}
"""Their names, which are their addresses, too, and their media types."""


@cache
def text_of(name: str) -> str:
    """What stands in a file of `page/`."""
    return files("generator.serve").joinpath(posixpath.join("page", name)).read_text("utf-8")


@cache
def address_of(name: str) -> str:
    """The address of one of `KINDS`: with the digest of what is there."""
    return f"/{name}?{hashlib.blake2b(text_of(name).encode(), digest_size=5).hexdigest()}"

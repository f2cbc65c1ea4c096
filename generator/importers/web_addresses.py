"""Addresses as they stand in archives: what nobody can take apart has no parts."""

from typing import Final
from urllib.parse import SplitResult, urlsplit

NOWHERE: Final = "https://www.example.org"
"""Stands for the address of a website that its archive does not tell."""


def split(address: str) -> SplitResult:
    """The parts of an address; all empty where it cannot be read (`http://[x`)."""
    try:
        return urlsplit(address)
    except ValueError:
        return SplitResult("", "", "", "", "")


def origin(address: str) -> str:
    """The scheme and host of an address, "" where it is none of the web."""
    parts = split(address)
    known = parts.scheme in ("http", "https") and parts.netloc
    return f"{parts.scheme}://{parts.netloc}" if known else ""


def spelled(address: str) -> str:
    """An address with one spelling for the signs that Markdown needs percent-encoded."""
    for sign, code in ((" ", "%20"), ("<", "%3C"), (">", "%3E"),
                       ('"', "%22"), ("\\", "%5C"), ("^", "%5E"), ("`", "%60"), ("{", "%7B"),
                       ("|", "%7C"), ("}", "%7D")):  # fmt: skip
        if sign in address:
            address = address.replace(sign, code)
    return address

"""Addresses as they stand in archives: what nobody can take apart has no parts."""

from urllib.parse import SplitResult, urljoin, urlsplit


def split(address: str) -> SplitResult:
    """The parts of an address; all empty where it cannot be read (`http://[x`)."""
    try:
        return urlsplit(address)
    except ValueError:
        return SplitResult("", "", "", "", "")


def joined(base: str, address: str) -> str:
    """Where an address leads that stands in the page `base`; itself where that cannot be read."""
    try:
        return urljoin(base, address)
    except ValueError:
        return address


def spelled(address: str) -> str:
    """An address with one spelling for the signs that Markdown needs percent-encoded."""
    for sign, code in ((" ", "%20"), ("<", "%3C"), (">", "%3E"),
                       ('"', "%22"), ("\\", "%5C"), ("^", "%5E"), ("`", "%60"), ("{", "%7B"),
                       ("|", "%7C"), ("}", "%7D")):  # fmt: skip
        if sign in address:
            address = address.replace(sign, code)
    return address

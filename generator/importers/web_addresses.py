"""Addresses as they stand in archives: what nobody can take apart has no parts."""

from urllib.parse import SplitResult, urlsplit


def split(address: str) -> SplitResult:
    """The parts of an address; all empty where it cannot be read (`http://[x`)."""
    try:
        return urlsplit(address)
    except ValueError:
        return SplitResult("", "", "", "", "")


def spelled(address: str) -> str:
    """An address with one spelling for the signs that Markdown needs percent-encoded."""
    for sign, code in ((" ", "%20"), ("<", "%3C"), (">", "%3E"),
                       ('"', "%22"), ("\\", "%5C"), ("^", "%5E"), ("`", "%60"), ("{", "%7B"),
                       ("|", "%7C"), ("}", "%7D")):  # fmt: skip
        if sign in address:
            address = address.replace(sign, code)
    return address

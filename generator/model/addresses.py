"""Addresses as text: slugs of German words, patterns, output files, and the German alphabet.

Everything here is a pure function of its arguments; nothing looks at a portal or at a disk.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address
from string import Formatter
from typing import Final
from urllib.parse import unquote

from generator.base.problems import Problem, problem

SLUG_LENGTH: Final = 100
"""Characters of the longest slug; an address stays readable, its file name far below the limit."""

PART_LENGTH: Final = 255
"""Bytes of the longest file name (NAME_MAX of Linux, macOS and Windows)."""

PATH_LENGTH: Final = 1000
"""Bytes of the longest path below the output folder; macOS allows 1024 with the folder's own."""

_SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_UNSEEN: Final = dict.fromkeys(map(ord, "\xad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"))
"""Soft hyphens, characters without width, marks of direction: they come with pasted text."""
_GERMAN: Final = {
    "ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "ẞ": "SS"
}  # fmt: skip
_SIGNS: Final = str.maketrans(
    {
        "&": " und ",
        "+": " plus ",
        "%": " prozent ",
        "‰": " promille ",
        "§": " paragraf ",
        "€": " euro ",
        "$": " dollar ",
        "£": " pfund ",
        "@": " at ",
        "°": " grad ",
        ",": " ",  # python-slugify would take the comma out of "1,5"
        "'": None,  # "geht's" is one word, with whichever apostrophe
        "\N{RIGHT SINGLE QUOTATION MARK}": None,
    }
)
_SHARP: Final = re.compile(r"(?<!\w)([A-Za-z])#(?!\w)")
_DOT_NET: Final = re.compile(r"(?<!\w)\.(?=net\b)", re.IGNORECASE)

_PARSE: Final = Formatter().parse
_WHOLE: Final = frozenset({"article", "list"})
"""Placeholders that stand for another page's whole address."""

LABEL_LENGTH: Final = 63
"""Bytes between two dots of a host's name (RFC 1035)."""

MOST_PORTS: Final = 65535

_WEB: Final = re.compile(r"(?:https?:)?//", re.IGNORECASE)
_SLIPPED: Final = re.compile(
    r"https?(?::(?!//)|//|[;.,]/|:///)|(?:https?:)?//https?(?::?/|:?\Z)", re.IGNORECASE
)
"""What was meant for the beginning of a web address: a slash or a colon too few, or too many."""
_WITHOUT_SCHEME: Final = re.compile(
    r"www\.(?:[\w-]+\.)+(?!md\b|markdown\b)[^\W\d_]{2,}(?=[/?#:]|\Z)", re.IGNORECASE
)
"""A browser takes this for the name of a file beside the page."""
_BEGINNINGS: Final = re.compile(r"\A(?:(?:https?)?[:;.,/\\]+)+", re.IGNORECASE)
_AUTHORITY: Final = re.compile(r"[^/?#\\]*")
_NOT_IN_HOST: Final = re.compile(r"[\x00-\x20\x7f-\xa0\"#%/:;<>?@\[\\\]^`{|}()',!$&*+=~\s]")
_PORT: Final = re.compile(r"[0-9]{1,5}")
_UNSEEN_IN_ADDRESS: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]"
)
_BAD_PERCENT: Final = re.compile(r"%(?![0-9A-Fa-f]{2}).{0,2}")

_FORBIDDEN: Final = re.compile(r'[\x00-\x1f\x7f-\x9f\\<>:"|?*%#{}\ud800-\udfff]')
"""Control characters; what Windows forbids in names; what means something else in an address."""
_RESERVED: Final = re.compile(r"(?:con|prn|aux|nul|(?:com|lpt)[0-9¹²³])(?:\..*)?", re.IGNORECASE)
"""Windows takes these for devices, whatever follows the first dot ("Naming Files, Paths")."""

_UNDECOMPOSED: Final = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th"}
)
_WORDS: Final = re.compile(r"[A-Za-z0-9 -]+")
"""What is a slug but for capitals, blanks and hyphens too many."""
_NOT_ALPHANUMERIC: Final = re.compile(r"[\W_]+")


@lru_cache(maxsize=65536)
def slug(text: str) -> str:
    """`text` as a part of an address: `a` to `z`, digits, single hyphens; "" if nothing is left.

    Composed and decomposed spelling (NFC, NFD) give the same slug.  ä, ö, ü, ß become ae, oe, ue,
    ss; `C++`, `C#`, `.NET` and signs such as `&`, `§`, `%` become words, so that they stay apart.
    A slug longer than `SLUG_LENGTH` is cut at a hyphen, or within its first word if that is longer.
    """
    if len(text) <= SLUG_LENGTH and is_slug(text):
        return text
    spelled = spelled_out(text)
    if _WORDS.fullmatch(spelled):
        whole = "-".join(spelled.lower().replace("-", " ").split())
    else:
        whole = _slugified(text)
    if len(whole) <= SLUG_LENGTH:
        return whole
    words = whole[: SLUG_LENGTH + 1].rpartition("-")[0]
    return words or whole[:SLUG_LENGTH]


def _slugified(text: str) -> str:
    # Imported here: most texts do not need it.
    from slugify import slugify  # noqa: PLC0415

    text = spelled_out(unicodedata.normalize("NFC", text).translate(_UNSEEN))
    text = _SHARP.sub(r"\1 sharp ", text)
    text = _DOT_NET.sub("dot ", text)
    text = text.replace("++", " plus plus ").translate(_SIGNS)
    # One backend by name: the default would take whichever is installed, and addresses with it.
    # References such as `&#8211;` are not decoded: the text is plain text, not HTML.
    return slugify(text, entities=False, decimal=False, hexadecimal=False, backend="text-unidecode")


def spelled_out(text: str) -> str:
    """`text` as on keyboards without umlauts: ae, oe, ue and ss for ä, ö, ü and ß."""
    for letter, letters in _GERMAN.items():  # a tenth of the time of str.translate
        text = text.replace(letter, letters)
    return text


def spellings(names: Iterable[str]) -> dict[str, str]:
    """The spelling that most of `names` have, by slug; of several the first in the alphabet."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for name in names:
        counts[slug(name)][name] += 1
    return {key: min(alike, key=lambda n: (-alike[n], n)) for key, alike in counts.items()}


def is_slug(text: str) -> bool:
    """Whether `text` can be a part of an address as it is; it may be longer than `slug` gives."""
    return _SLUG.fullmatch(text) is not None


def check_pattern(
    pattern: str, *, allowed: Collection[str], required: Collection[str] = ()
) -> tuple[Problem, ...]:
    """What is wrong with a pattern of addresses, without a place; () where it can be used.

    A pattern begins with `/` or with a placeholder that stands for a whole address (`{article}`,
    `{list}`), ends with `/`, has no placeholders but `allowed` and all that are `required`, and
    gives an address that `target` accepts.
    """
    names = ", ".join(f"{{{name}}}" for name in sorted(allowed)) or "-"
    try:
        fields = [(field, bool(spec or flag)) for _, field, spec, flag in _PARSE(pattern)]
    except ValueError:
        return (problem("pattern-braces", pattern=pattern, allowed=names),)
    found = {field for field, _ in fields if field is not None}
    if any(extra for _, extra in fields):
        return (problem("pattern-braces", pattern=pattern, allowed=names),)
    unknown = tuple(
        problem("pattern-placeholder", pattern=pattern, placeholder=field, allowed=names)
        for field in sorted(found.difference(allowed))
    )
    missing = tuple(
        problem("pattern-incomplete", pattern=pattern, placeholder=field)
        for field in sorted(set(required) - found)
    )
    if unknown or missing:
        return unknown + missing
    sample = pattern.format_map({f: "/x/" if f in _WHOLE else "x" for f in allowed})
    if not (sample.startswith("/") and sample.endswith("/")):
        return (problem("pattern-slashes", pattern=pattern),)
    wrong = flaw(sample)
    return (wrong,) if wrong else ()


def flaw(address: str) -> Problem | None:
    """Why no file can be written for `address`, as a problem without a place; None if one can.

    An address begins with `/`, has no empty part and no part that is `.` or `..`, and gives a
    possible file name on Linux, macOS and Windows.  It is not percent-encoded.
    """
    return next(_flaws(address), None)


def _flaws(address: str) -> Iterator[Problem]:
    if not address.startswith("/"):
        yield problem("address-start", address=_shown(address))
    if found := _FORBIDDEN.search(address):
        yield problem("address-character", address=_shown(address), character=_shown(found[0]))
    path = path_of(address)
    for part in path.split("/"):
        if not part:
            yield problem("address-empty-part", address=address)
        elif part[-1] in ". " or part[0] == " ":
            yield problem("address-part-edge", address=address, part=part)
        elif _RESERVED.fullmatch(part):
            yield problem("address-reserved", address=address, part=part)
        elif len(part.encode()) > PART_LENGTH:
            yield problem("address-too-long", address=address, limit=PART_LENGTH)
    if len(path.encode()) > PATH_LENGTH:
        yield problem("address-too-long", address=address, limit=PATH_LENGTH)


def target(address: str) -> str:
    """The file of `address`, as a path relative to the output folder: `/a/b/` → `a/b/index.html`.

    An address that ends with `/` is a folder with an `index.html`.  Every path to be written goes
    through here, so what comes back lies inside the output folder.  ValueError: `flaw(address)`.
    """
    if wrong := flaw(address):
        raise ValueError(wrong.what())
    return path_of(address)


def path_of(address: str) -> str:
    """As `target`, but without a check: for an address that has passed it."""
    return address[1:] + "index.html" if address.endswith("/") else address[1:]


def web_flaw(address: str) -> Problem | None:
    """Why a browser cannot follow the `address` of a link, as a problem without a place; or None.

    Whole addresses of the web are looked at, with `https:` or only `//` in front, what a slip of
    the keyboard made of one, and the `%` in any other address.  Spaces are left to the caller.
    """
    slipped = _SLIPPED.match(address)
    if slipped or _WITHOUT_SCHEME.match(address):
        name = "web-address-slashes" if slipped else "web-address-bare"
        right = f"https://{_BEGINNINGS.sub('', address)}"
        return problem(name, address=_shown(address), right=_shown(right))
    if found := _WEB.match(address):
        authority = _AUTHORITY.match(address, found.end())
        host, _, port = _host_and_port(authority[0] if authority else "")
        if not _is_host(host):
            return problem("web-address-host", address=_shown(address), host=_shown(host))
        if port and not (_PORT.fullmatch(port) and int(port) <= MOST_PORTS):
            return problem("web-address-port", address=_shown(address), port=_shown(port))
    if found := _UNSEEN_IN_ADDRESS.search(address):
        return problem(
            "web-address-character", address=_shown(address), code=f"{ord(found[0]):04X}"
        )
    if "%" in address and (found := _BAD_PERCENT.search(address)):
        return problem("web-address-percent", address=_shown(address), found=found[0])
    return None


def _host_and_port(authority: str) -> tuple[str, str, str]:
    """What stands before the first slash, without a user: the host, a colon or "", the port."""
    place = authority.rpartition("@")[2]
    if place.startswith("["):
        host, bracket, rest = place.partition("]")
        if rest[:1] in ("", ":"):
            return host + bracket, rest[:1], rest[1:]
        return place, "", ""
    return place.partition(":")


@lru_cache(maxsize=4096)  # most links lead to few servers: 2 % of reading, 2 % of Markdown
def _is_host(text: str) -> bool:
    """Whether `text` can be the name or the number of a server."""
    if text.startswith("["):
        return text.endswith("]") and _is_ip(text[1:-1], IPv6Address)
    # Browsers normalize before they look at the signs, and so does urllib.
    name = unicodedata.normalize("NFKC", unquote(text)).replace("\N{IDEOGRAPHIC FULL STOP}", ".")
    name = name.removesuffix(".")
    if _NOT_IN_HOST.search(name) or len(name.encode()) > PART_LENGTH:
        return False
    labels = name.split(".")
    if labels[-1].isdecimal():
        return _is_ip(name, IPv4Address)
    return all(label and len(_punycode(label)) <= LABEL_LENGTH for label in labels)


def _punycode(label: str) -> bytes:
    return label.encode() if label.isascii() else b"xn--" + label.encode("punycode")


def _is_ip(text: str, kind: type[IPv4Address] | type[IPv6Address]) -> bool:
    try:
        kind(text)
    except ValueError:
        return False
    return "%" not in text


def _shown(text: str) -> str:
    """`text` with what cannot be seen as an escape, so that a message can show it."""
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)


@lru_cache(maxsize=16384)
def sort_key(text: str) -> tuple[str, str, str]:
    """A key that sorts texts as German dictionaries do (DIN 5007-1), the same on every machine.

    Ä stands beside A and ß beside ss, capitals beside small letters, any sign counts as a space.
    Among texts that are equal so far "Muller" comes before "Müller"; different texts never tie.
    """
    folded = unicodedata.normalize("NFC", text).translate(_UNSEEN).casefold()
    decomposed = unicodedata.normalize("NFKD", folded.translate(_UNDECOMPOSED))
    base = "".join(c for c in decomposed if not unicodedata.combining(c))
    return _NOT_ALPHANUMERIC.sub(" ", base).strip(), folded, text


def letter(text: str) -> str:
    """The letter under which an index from A to Z lists `text`: "Österreich" → "O", "5G" → "#"."""
    first = sort_key(text)[0][:1].upper()
    return first if "A" <= first <= "Z" else "#"

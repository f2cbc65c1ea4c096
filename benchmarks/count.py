"""What a build wrote: files, pages of each kind, words that a reader sees."""

import html
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

# The first that matches counts. The generators' addresses differ a little, their kinds do not.
_KINDS = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("feeds", r"(.*/)?feed\.xml"),
        ("sitemaps", r"sitemap.*\.xml"),
        ("print views", r"\d{4}/\d{2}/[^/]+/druck/index\.html"),
        ("articles", r"\d{4}/\d{2}/[^/]+/index\.html"),
        ("archive pages", r"(archiv/(\d{4}/(\d{2}/)?)?|\d{4}/(\d{2}/)?)index\.html"),
        ("keyword pages", r"stichwort/.*index\.html"),
        ("author pages", r"autor/.*index\.html"),
        ("section pages", r"[^/]+/((seite/|seite-)\d+/)?index\.html"),
        ("front and error page", r"(index|404)\.html"),
        ("other files", r".*"),
    )
)
KINDS = tuple(name for name, _ in _KINDS)

_UNSEEN = re.compile(r"<(head|script|style)\b.*?</\1>|<!--.*?-->", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Work:
    """The work that a build did: files by kind, and words by kind of page."""

    files: Counter[str]
    words: Counter[str]
    size: int


@dataclass(frozen=True, slots=True)
class Weight:
    """What a build wrote, without a look into it."""

    files: int
    pdfs: int
    size: int


def weight(output: Path) -> Weight:
    """Weigh what lies in `output`, which need not exist."""
    found = [path for path in output.rglob("*") if path.is_file()]
    pdfs = sum(path.suffix == ".pdf" for path in found)
    return Weight(len(found), pdfs, sum(path.stat().st_size for path in found))


def work(output: Path) -> Work:
    """Count what lies in `output`."""
    files: Counter[str] = Counter()
    words: Counter[str] = Counter()
    size = 0
    for path in output.rglob("*"):
        if not path.is_file():
            continue
        name = path.relative_to(output).as_posix()
        kind = next(kind for kind, pattern in _KINDS if pattern.fullmatch(name))
        files[kind] += 1
        content = path.read_bytes()
        size += len(content)
        if path.suffix in {".html", ".xml"}:
            words[kind] += _words(content.decode(), feed=path.suffix == ".xml")
    return Work(files, words, size)


def _words(text: str, *, feed: bool) -> int:
    """How many words a reader of the page or feed sees; a feed holds its texts as escaped HTML."""
    if feed:
        text = html.unescape(_TAG.sub(" ", text.replace("<![CDATA[", "")))
    return len(_WORD.findall(html.unescape(_TAG.sub(" ", _UNSEEN.sub(" ", text)))))

"""Typst: a sheet and a layout become bytes, or a refusal that says why and where."""

import re
from collections.abc import Callable, Set
from datetime import datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Final, NamedTuple, cast

import msgspec
import typst

from generator.base import digests
from generator.base.problems import PortalError, problem
from generator.base.scan import read_bytes, scan
from generator.media.pdf import letters, long
from generator.media.pdf.document import Sheet

_RULES: Final = 2
"""To be counted up whenever this program may make other bytes of the same document."""

MAIN: Final = "article.typ"
"""The layout's file that is compiled."""

FONTS: Final = "fonts"
"""The folder of a layout with fonts of its own, as .ttf or .otf, besides those inside Typst."""

LAST: Final = Path(__file__).with_name("last.typ")
"""What is compiled where the layout fails for an article."""

PICTURE: Final = Path(__file__).with_name("picture.typ")
"""What tries pictures."""

_CALLED: Final = b"\n#let set-article("
"""What a layout says that is a function.  Typst reads it once; with other `sys.inputs` for each
article it reads all files anew, which is 6 % of the cost of a PDF."""

_SHOWN: Final = (letters.SHOWN, "?", "")
"""What stands for a character that no font has; the next where a font lacks that, too."""

_MISSING: Final = re.compile(r'the text `"((?:\\.|[^"\\])+)"` could not be displayed')
_ESCAPED: Final = re.compile(r"\\(?:u\{([0-9a-f]+)\}|(.))")
_SHORT: Final = {"n": "\n", "r": "\r", "t": "\t", "0": "\0"}
_PLACE: Final = re.compile(r"┌─ (.+):(\d+):(\d+)$", re.MULTILINE)

_encode: Final = msgspec.json.Encoder().encode


class Said(NamedTuple):
    """What Typst says is wrong, and where."""

    path: str
    line: int
    column: int
    reason: str


class RefusedError(Exception):
    """Typst makes no PDF of something; `unknown` are code points that fonts lack."""

    def __init__(self, said: Said, unknown: Set[str] = frozenset()) -> None:
        super().__init__(said.reason)
        self.said = said
        self.unknown = unknown


class Press:
    """Sets sheets of one article, each with the characters replaced that turned out to be lacking.

    `lacking` are these characters.  `pictures` are the files that sheets name by number.
    """

    def __init__(self, folder: Path, pictures: tuple[str, ...], published: datetime) -> None:
        self._folder = folder
        # From the root, which on Windows is that of a drive.
        places = [Path(picture) for picture in pictures]
        self._places = [place.as_posix().removeprefix(place.drive) for place in places]
        self._pictures = _encode(self._places).decode()
        self._timestamp = int(published.timestamp())
        self._unknown: set[str] = set()
        self.lacking: frozenset[str] = frozenset()

    @property
    def shown(self) -> str:
        """What stands for the characters that are lacking."""
        return next(each for each in _SHOWN if each not in self._unknown)

    def print(self, sheet: Sheet) -> tuple[bytes, tuple[Said, ...]]:
        """The PDF of a sheet by the layout, and what is doubtful.  RefusedError: there is none."""
        return self._set(sheet, self._folder / MAIN, _encoded)

    def print_last(self, sheet: Sheet, encode: Callable[[Sheet], bytes]) -> bytes:
        """The PDF of a sheet, encoded in a way of its own, without the portal's layout."""
        return self._set(sheet, LAST, encode)[0]

    def try_picture(self, number: int) -> None:
        """RefusedError: Typst cannot set this picture."""
        self._compiled(PICTURE, "", _encode([self._places[number]]).decode())

    def _set(
        self, sheet: Sheet, main: Path, encode: Callable[[Sheet], bytes]
    ) -> tuple[bytes, tuple[Said, ...]]:
        while True:
            mended = letters.replaced(sheet, self.lacking, self.shown)
            try:
                return self._compiled(main, encode(mended).decode(), self._pictures)
            except RefusedError as error:
                if not self._learns(mended, error.unknown):
                    raise

    def _compiled(self, main: Path, article: str, pictures: str) -> tuple[bytes, tuple[Said, ...]]:
        compiler = _compiler(main)
        is_called = _CALLED in b"\n" + main.read_bytes()
        try:
            pdf, warnings = compiler.compile_with_warnings(
                _call(main, article, pictures) if is_called else None,
                format="pdf",
                sys_inputs=... if is_called else {"article": article, "pictures": pictures},
                pdf_standards="ua-1",  # ISO 14289-1: tagged, for screen readers.
                timestamp=self._timestamp,
            )
        except typst.TypstError as error:
            unknown = _undisplayable(error.diagnostic)
            raise RefusedError(_said(main.parent, error), unknown) from error
        except BaseException as error:
            # A mistake in Typst itself, which Python knows by this name alone.
            if type(error).__name__ != "PanicException":
                raise
            raise RefusedError(Said(str(main), 0, 0, "Typst gave up")) from error
        return cast("bytes", pdf), tuple(_said(main.parent, each) for each in warnings)

    def _learns(self, sheet: Sheet, unknown: Set[str]) -> bool:
        """Whether more is known of what is lacking, now that fonts lack `unknown` for `sheet`."""
        if not unknown:
            return False
        before = self.lacking, self.shown
        self._unknown |= unknown
        self.lacking |= letters.lacking(sheet, unknown) - {self.shown}
        return (self.lacking, self.shown) != before


def _encoded(sheet: Sheet) -> bytes:
    return _encode(long.marked(sheet))


def layout_digest(folder: Path) -> bytes:
    """The digest of a layout with all its files, and of the program that it is written for."""
    files = [(name, read_bytes(folder / name, str(folder / name))) for name in scan(folder).files]
    return digests.of_value((_RULES, version("typst"), read_bytes(LAST, str(LAST)), files))


@cache
def _compiler(main: Path) -> typst.Compiler:
    """One for each layout and process: most of the cost of a PDF is what the first one loads."""
    file = main.resolve()
    if not file.is_file():
        raise PortalError((problem("pdf-layout-missing", str(main)),))
    own = file.parent / FONTS
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(own)] if own.is_dir() else [])
    # Pictures may lie anywhere: below the portal, or where the build keeps what it made.
    return typst.Compiler(file, root=file.anchor, font_paths=fonts)


def _call(main: Path, article: str, pictures: str) -> bytes:
    """A text in Typst that sets an article by the function of a layout."""
    file = main.resolve()
    path = _quoted(file.as_posix().removeprefix(file.drive))
    values = ", ".join(f"json(bytes({_quoted(each)}))" for each in (article, pictures))
    return f"#import {path}: set-article\n#set-article({values})".encode()


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _said(folder: Path, what: typst.TypstError | typst.TypstWarning) -> Said:
    """What Typst said, at the place in the layout in `folder` that it is about."""
    found = _PLACE.search(what.diagnostic)
    path, line, column = found.groups() if found else (str(folder / MAIN), "0", "0")
    file = Path(path).resolve()  # It was relative to where this process runs.
    if not file.is_file():  # The text that calls the layout.
        file, line, column = folder / MAIN, "0", "0"
    elif file.is_relative_to(folder.resolve()):
        file = folder / file.relative_to(folder.resolve())
    reason = " ".join(" – ".join([what.message, *what.hints]).split()).rstrip(".")
    return Said(str(file), int(line), int(column), reason)


def _undisplayable(diagnostic: str) -> set[str]:
    """The characters that Typst says no font has."""
    texts = "".join(dict.fromkeys(_MISSING.findall(diagnostic)))
    return set(_ESCAPED.sub(_unescaped, texts))


def _unescaped(escape: re.Match[str]) -> str:
    return chr(int(escape[1], 16)) if escape[1] else _SHORT.get(escape[2], escape[2])

"""A body's HTML to the text that readers see, a line for each block."""

import re
from collections.abc import Sequence
from html import unescape
from typing import Final

_REST: Final = r"""(?:[^>"']|"[^"]*"|'[^']*')*>"""
"""A tag after its name; there may be a > in an attribute."""

_MARKS: Final = re.compile(
    r'<sup id="fnref:[^>]*>.*?</sup>|<a (?:[^>"]|"[^"]*")*class="footnote-backref".*?</a>',
    re.DOTALL,
)
"""Numbers of footnotes, and arrows back to them."""

_INLINE: Final = re.compile(
    "</?(?:a|abbr|b|bdi|bdo|cite|code|data|del|dfn|em|i|ins|kbd|mark|q|s|samp|small|span|strong|sub"
    rf"|sup|time|u|var|wbr)\b{_REST}"
)
_TAG: Final = re.compile(f"</?[a-zA-Z!]{_REST}")
_PLACEHOLDER: Final = re.compile("\x02(\\d+)\x03")
_INVISIBLE: Final = re.compile("[\u00ad\u200b\u2060\ufeff]")


def lines(html: str, captions: Sequence[str] = ()) -> list[str]:
    """The lines of a body: none runs into the next, whatever elements they stand in.

    `captions` are those of the pictures, by the numbers of their placeholders.
    """

    def caption(placeholder: re.Match[str]) -> str:
        number = int(placeholder[1])
        return f"\n{captions[number]}\n" if number < len(captions) else "\n"

    bare = _TAG.sub("\n", _INLINE.sub("", _MARKS.sub("", html)))
    whole = _INVISIBLE.sub("", _PLACEHOLDER.sub(caption, unescape(bare)))
    return [" ".join(line.split()) for line in whole.split("\n") if line.strip()]

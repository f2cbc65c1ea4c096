"""Who may see a preview that other devices in the network reach: those who have its key.

The key is short, since it is typed on a telephone; therefore few wrong ones may be tried.  A
browser that gave it once gets a pass, which is too long to be guessed, and shows that from then on.
"""

import hmac
import secrets
import time
from collections import deque
from collections.abc import Callable
from typing import Final, Literal

LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that look alike: i, l, 1, o, 0."""

LENGTH: Final = 8
"""Characters of a key: 8.5e11 keys, of which a day of guessing tries 14,400."""

TRIES: Final = 10
"""So many wrong keys are looked at in a `SPAN`, whoever tries them."""

SPAN: Final = 60.0
"""Seconds."""

Verdict = Literal["right", "wrong", "wait"]


class Door:
    """Knows the key and the pass of the preview at `port`; both are made anew with each door."""

    def __init__(self, port: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.cookie: Final = f"stadtschreiber-{port}"
        """What the pass is called: browsers keep the cookies of all ports of a host together."""
        self.key: Final = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
        self.pass_: Final = secrets.token_urlsafe(32)
        self._clock = clock
        self._wrong: deque[float] = deque(maxlen=TRIES)
        """When wrong keys were tried."""

    def knows(self, pass_: str) -> bool:
        """Whether a browser has the pass."""
        return _same(pass_, self.pass_)

    def try_key(self, key: str) -> Verdict:
        """Whether a key is the right one; "wait": too many were wrong, none is looked at now."""
        now = self._clock()
        if len(self._wrong) == TRIES and now - self._wrong[0] < SPAN:
            return "wait"
        if _same(key.strip().lower(), self.key):
            return "right"
        self._wrong.append(now)
        return "wrong"


def _same(one: str, other: str) -> bool:
    """Whether two texts are the same, in a time that does not tell how far they are."""
    return hmac.compare_digest(one.encode(errors="replace"), other.encode())

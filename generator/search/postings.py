"""Which documents have a word, and how much it counts there, in as few bits as can be.

A posting is one number: that of the document, times `WEIGHTS`, and the weight.  The format stands
in assets/js/search-index.js.
"""

from collections.abc import Sequence
from typing import Final

BITS: Final = 5
WEIGHTS: Final = 1 << BITS


def encode(postings: Sequence[int]) -> bytes:
    """Postings in rising order, packed."""
    if not postings:
        return b"\0"
    highest = postings[-1] >> BITS
    k = max(0, (highest // len(postings)).bit_length() - 1)
    low = (1 << k) - 1
    one = 1 << k
    codes = []
    before = 0
    for posting in postings:
        gap = (posting >> BITS) - before
        before += gap
        # The 1 before the rest ends the quotient, which is written as so many 0.
        codes.append("0" * (gap >> k) + f"{(gap & low | one) << BITS | posting & WEIGHTS - 1:b}")
    bits = "".join(codes)
    size = -(-len(bits) // 8)
    return bytes([k]) + int(bits.ljust(size * 8, "0"), 2).to_bytes(size, "big")


def decode(packed: bytes, count: int) -> list[int]:
    """The postings, whose number is known."""
    if not count:
        return []
    k = packed[0]
    bits = f"{int.from_bytes(packed, 'big'):0{len(packed) * 8}b}"
    found = []
    place, number, length = 8, 0, k + BITS
    for _ in range(count):
        one = bits.index("1", place)
        rest = int(bits[one + 1 : one + 1 + length], 2)
        number += (one - place << k) + (rest >> BITS)
        found.append(number << BITS | rest & WEIGHTS - 1)
        place = one + 1 + length
    return found

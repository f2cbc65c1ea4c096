"""German prose by the metre: patterns of sentences, filled with phrases."""

import re
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.dice import Dice

GERMAN = tomllib.loads((Path(__file__).parent / "german.toml").read_text(encoding="utf-8"))
WORDS = GERMAN["words"]
PATTERNS: dict[str, list[str]] = GERMAN["patterns"]
MONTHS: list[str] = WORDS["months"].split()

_SLOT = re.compile(r"\{(\w+)\}")
_ROUND = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ë": "e"}
_CASES = ("nom", "gen", "dat", "acc")
_GENITIVE = 1
_DEFINITE = {
    "m": ("der", "des", "dem", "den"),
    "f": ("die", "der", "der", "die"),
    "n": ("das", "des", "dem", "das"),
}
_INDEFINITE = {
    "m": ("ein", "eines", "einem", "einen"),
    "f": ("eine", "einer", "einer", "eine"),
    "n": ("ein", "eines", "einem", "ein"),
}
_ENDINGS = {  # of the adjective, after the definite and after the indefinite article
    "m": (("e", "en", "en", "en"), ("er", "en", "en", "en")),
    "f": (("e", "en", "en", "e"), ("e", "en", "en", "e")),
    "n": (("e", "en", "en", "e"), ("es", "en", "en", "es")),
}
_PHRASES = 4000  # prepared per slot; drawing from a list is what makes the corpus fast to write


def capitalised(text: str) -> str:
    """`text` with its first letter in upper case, past quotation marks and emphasis."""
    for at, char in enumerate(text):
        if char.isalpha():
            return text[:at] + char.upper() + text[at + 1 :]
        if char not in "„*[":
            break
    return text


def compound(first: str, second: str) -> str:
    """One German noun of two parts: `Netz` and `plan` make `Netzplan`, `IT-` makes `IT-Plan`."""
    return first + (second.capitalize() if first.endswith("-") else second)


def address_words(text: str) -> str:
    """`text` as the lower-case ASCII words of an address, joined by hyphens."""
    text = text.lower()
    for letter, letters in _ROUND.items():
        text = text.replace(letter, letters)
    return re.sub(r"[^a-z0-9]+", "-", text).strip("-")


class Writer:
    """Fills the slots of patterns with phrases; one writer writes one corpus."""

    def __init__(self, dice: Dice) -> None:
        """All choices come from `dice`."""
        self.dice = dice
        self._pools = _pools(dice)
        self._parsed: dict[str, list[tuple[str, str]]] = {}

    def fill(self, pattern: str, **given: str) -> str:
        """`pattern` with each `{slot}` replaced by a new phrase, or by what `given` says."""
        parts = self._parsed.get(pattern)
        if parts is None:
            split = _SLOT.split(pattern)
            parts = list(zip(split[::2], [*split[1::2], ""], strict=True))
            self._parsed[pattern] = parts
        pools, roll = self._pools, self.dice.random
        out = []
        for text, slot in parts:
            out.append(text)
            pool = pools.get(slot)
            if pool is not None:
                out.append(pool[int(roll() * len(pool))])
            elif slot:
                out.append(given[slot] if slot in given else self._number(slot))
        return "".join(out)

    def one_of(self, patterns: str, **given: str) -> str:
        """One of the patterns of that name, filled, with a capital first letter."""
        return capitalised(self.fill(self.dice.pick(PATTERNS[patterns]), **given))

    def _number(self, slot: str) -> str:
        dice = self.dice
        match slot:
            case "small":
                return str(dice.between(3, 48))
            case "big":
                return f"{dice.between(11, 990) * 100:,}".replace(",", ".")
            case "decimal":
                return f"{dice.between(1, 9)},{dice.between(1, 9)}"
            case "percent":
                return str(dice.between(4, 97))
            case "day":
                return str(dice.between(1, 28))
            case "year":
                return str(dice.between(2015, 2035))
        raise KeyError(slot)


def _pools(dice: Dice) -> dict[str, Sequence[str]]:
    """Slot to the phrases that may stand there."""
    places = list(_places(dice))
    people = [dice.chance(0.5) for _ in range(_PHRASES)]
    women, men = WORDS["women"].split(), WORDS["men"].split()
    surnames = WORDS["surnames"].split()
    persons = [f"{dice.pick(women if she else men)} {dice.pick(surnames)}" for she in people]
    offices = [dice.pick(WORDS["womens_offices" if she else "mens_offices"]) for she in people]
    pools: dict[str, Sequence[str]] = {
        "place": places,
        "firm": WORDS["companies"],
        "adv": WORDS["adverbs"].split(),
        "adj": [f"{word.capitalize()}e" for word in WORDS["adjectives"].split()],
        "month": MONTHS,
        "law": WORDS["laws"],
        "person": persons,
        "office": [f"{office} {name}" for office, name in zip(offices, persons, strict=True)],
        "noun": [compound(first, second[1]) for first, second in _compounds(dice)],
        "pl": [compound(first, second[3]) for first, second in _compounds(dice)],
    }
    for case, slot in enumerate(_CASES):
        pools[slot] = [_phrase(dice, first, second, case) for first, second in _compounds(dice)]
    for slot, case in (("body", 0), ("bodygen", 1), ("bodydat", 2)):
        pools[slot] = [
            f"{_DEFINITE[gender][case]} {genitive if case == _GENITIVE else name} {place}"
            for gender, name, genitive in WORDS["bodies"]
            for place in places
        ]
    pools["url"] = [
        f"https://www.{address_words(place)}.example/{address_words(dice.pick(pools['noun']))}/"
        + (f"?id={dice.between(1000, 9999)}" if dice.chance(0.2) else "")
        for place in places
        for _ in range(8)
    ]
    return pools


def _places(dice: Dice) -> Iterable[str]:
    for start in WORDS["place_starts"].split():
        for end in WORDS["place_ends"].split():
            yield start + end + dice.pick(WORDS["place_additions"])


def _compounds(dice: Dice) -> Iterable[tuple[str, list[str]]]:
    """First and second parts; the second as gender, nominative, genitive, plural."""
    firsts = WORDS["first_parts"].split()
    seconds = [line.split() for line in WORDS["second_parts"].split("\n")[:-1]]
    for _ in range(_PHRASES):
        yield dice.pick(firsts), dice.pick(seconds)


def _phrase(dice: Dice, first: str, second: list[str], case: int) -> str:
    """Article, now and then an adjective, and a compound in the given case."""
    gender, nominative, genitive, _ = second
    indefinite = dice.chance(0.3)
    article = (_INDEFINITE if indefinite else _DEFINITE)[gender][case]
    noun = compound(first, genitive if case == _GENITIVE else nominative)
    if dice.chance(0.45):
        ending = _ENDINGS[gender][indefinite][case]
        return f"{article} {dice.pick(WORDS['adjectives'].split())}{ending} {noun}"
    return f"{article} {noun}"

"""How a kicker and a headline are joined in one line."""

from typing import Final

_ENDING: Final = ("?", "!", ":", ";", ",", ".", "…", "–", "—")


def colon(kicker: str) -> str:
    """What joins a kicker to what follows: ":", or "" behind a sign that ends it already."""
    return "" if kicker.rstrip().endswith(_ENDING) else ":"


def introduced(kicker: str, title: str) -> str:
    """Kicker and headline as plain text: "Haushalt: Rat beschließt", "Smart City? Ja, bitte"."""
    return f"{kicker}{colon(kicker)} {title}" if kicker else title

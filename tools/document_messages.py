"""Writes docs/meldungen.md: every message that an editor can meet, by its number.

python -m tools.document_messages
"""

import re
from pathlib import Path
from typing import Final

from generator.base.problems import Message, catalogue
from generator.base.words import general

TARGET: Final = Path(__file__).parent.parent / "docs" / "meldungen.md"

ROOMS: Final = {
    "F": "Kopf eines Artikels",
    "M": "Text eines Artikels",
    "A": "Adressen",
    "I": "Bilder",
    "D": "PDF",
    "P": "portal.toml",
    "L": "Layouts",
    "B": "Bau",
    "O": "Veröffentlichen",
    "T": "Veröffentlichen auf ein Ziel",
    "C": "Prüfregeln",
    "S": "Vorschau",
    "U": "Archive übernehmen",
}
SEVERITIES: Final = {"error": "Fehler", "warning": "Warnung"}

MARKUP: Final = re.compile(r"[\\`*_\[\]<>|~]|^#")
"""What the page's own Markdown would take for itself; a message is about an editor's."""

HEAD: Final = """\
# Meldungen

Jede Meldung nennt die Datei, die Zeile, was nicht stimmt und was stattdessen dort stehen soll. Ein
**Fehler** hält die Veröffentlichung auf: Die Website bleibt, wie sie war, bis er behoben ist. Eine
**Warnung** hält nichts auf. In spitzen Klammern steht, was die Meldung im Einzelfall einsetzt.

Diese Seite entsteht aus den Meldungen selbst: `python -m tools.document_messages`.
"""


def page() -> str:
    """The page as it should stand in docs/."""
    messages = sorted(catalogue().values(), key=lambda message: message.number)
    parts = [HEAD]
    for letter, room in ROOMS.items():
        found = [message for message in messages if message.number.startswith(letter)]
        if found:
            parts.append(f"## {room}\n")
            parts += [_entry(message) for message in found]
    return "\n".join(parts)


def _entry(message: Message) -> str:
    what, hint = (_shown(general(text["de"])) for text in (message.what, message.hint))
    return f"**{message.number}** ({SEVERITIES[message.severity]}): {what} {hint}\n"


def _shown(text: str) -> str:
    plain = MARKUP.sub(r"\\\g<0>", text).replace("{{", "\0").replace("}}", "\1")
    return plain.replace("{", "‹").replace("}", "›").replace("\0", "{").replace("\1", "}")


if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8")

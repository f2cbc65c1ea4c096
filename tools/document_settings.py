"""Writes the table of settings in docs/verwaltung.md: every setting of portal.toml.

python -m tools.document_settings
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Literal, get_args, get_origin

from generator.config.descriptions import descriptions
from generator.config.portal import Portal
from generator.config.setting import Field, Keyed, Table, keyed, taken_apart

TARGET: Final = Path(__file__).parent.parent / "docs" / "verwaltung.md"

BEGIN: Final = "<!-- Aus den Einstellungen selbst: python -m tools.document_settings -->\n\n"
END: Final = "\n<!-- Bis hier. -->"
HEAD: Final = "| Schlüssel | Vorgabe | Bedeutung |\n|---|---|---|\n"


def page() -> str:
    """The document as it should stand in docs/."""
    before, begin, rest = TARGET.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    return "".join((before, begin, HEAD, *_rows(Portal), end, after))


def _rows(table: type[Table], name: str = "", head: str = "") -> Iterator[str]:
    """A row for each setting of the table of that name; `head` stands before their keys."""
    texts = {field: text["de"] for field, text in descriptions(table).items()}
    yield from _keyed_rows(keyed(table), texts, name, head)


def _keyed_rows(known: Keyed, texts: Mapping[str, str], name: str, head: str) -> Iterator[str]:
    for key, field in known.items():
        whole = f"{name}.{key}".removeprefix(".")
        if not isinstance(field, Field):
            yield from _keyed_rows(field, texts, whole, f"`[{whole}]` ")
            continue
        plain, parts, _ = taken_apart(field.type)
        item, _, _ = taken_apart(parts[0]) if plain is tuple else (None, (), None)
        if issubclass(plain, Table):
            yield from _rows(plain, whole, f"`[{whole}]` ")
        elif item and issubclass(item, Table):
            yield from _rows(item, whole, f"`[[{whole}]]` ")
        else:
            shown = f"{head}`{key}`"
            if plain is dict:
                shown = f"{head}*Regel*" if key == "*" else f"`[{whole}]`"
            yield f"| {shown} | {_default(field)} | {texts[field.name]}{_choices(field.type)} |\n"


def _default(field: Field) -> str:
    if field.required:
        return "Pflicht"
    match field.default:
        case bool():
            return f"`{str(field.default).lower()}`"
        case str() | Path() if field.default:
            return f'`"{field.default}"`'
        case int() if field.default:
            return f"`{field.default}`"
    return "–"


def _choices(kind: Any) -> str:
    """The few words that a setting can be, or each in its list."""
    if get_origin(kind) is Literal:
        return f" Möglich: {', '.join(f'`{choice}`' for choice in get_args(kind))}."
    plain, parts, _ = taken_apart(kind)
    return _choices(parts[0]) if plain is tuple else ""


if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8")

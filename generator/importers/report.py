"""The report of an import: where each item, word, picture, link and address went, or why not."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from html import escape
from pathlib import Path
from typing import Final

import msgspec

from generator.base.problems import Language
from generator.importers.archive import Account

_GERMAN: Final = {
    "Report of the import": "Bericht der Übernahme",
    "What came of the items": "Was aus den Einträgen wurde",
    "What the files' own state led to": "Was mit den Dateien geschah",
    "To be looked at": "Anzusehen",
    "Everything": "Alles",
    "article": "Artikel", "page": "Standseite", "draft": "Entwurf", "used": "verwendet",
    "left out": "weggelassen", "new": "neu", "same": "unverändert", "updated": "aktualisiert",
    "edited here": "hier bearbeitet, bleibt", "deleted here": "hier gelöscht, bleibt es",
    "changed twice": "auf beiden Seiten geändert: die Fassung des Archivs liegt in import/changed/",
    "words without a place": "Wörter ohne Platz", "pictures": "Bilder", "links": "Links",
    "not as it was": "nicht, wie es war", "old address": "alte Adresse", "title": "Titel",
    "origin": "Herkunft", "went to": "wohin", "why": "warum", "words": "Wörter",
    "the old address leads nowhere": "die alte Adresse führt ins Leere",
    "leads to nothing that came in": "führt zu nichts, was mitkam",
    "is not in the archive": "liegt nicht im Archiv",
    "is not in the folder of pictures": "liegt nicht im Ordner mit den Bildern",
    "no folder of pictures was named (--pictures)": "kein Ordner mit Bildern genannt (--pictures)",
    "is no picture that pages can show": "ist kein Bild, das Seiten zeigen können",
    "was protected by a password": "war mit einem Kennwort geschützt",
    "was a draft there": "war dort ein Entwurf",
    "lay among the drafts": "lag unter den Entwürfen",
    "has no head of an article": "hat keinen Kopf eines Artikels",
    "has no date": "hat kein Datum",
    "is a list of others": "ist eine Liste anderer",
    "navigation in portal.toml": "Navigation in portal.toml",
    "a block that stands in other texts": "ein Block, der in anderen Texten steht",
    "stands in the exports twice": "steht zweimal in den Exporten",
    "comments": "Kommentare", "elements": "Elemente ohne Entsprechung", "items": "Einträge",
}  # fmt: skip


def summary(accounts: Sequence[Account]) -> dict[str, object]:
    """The figures of an import."""
    losses = Counter(loss.tag for account in accounts for loss in account.losses)
    return {
        "items": len(accounts),
        "status": dict(Counter(account.status for account in accounts)),
        "outcome": dict(Counter(a.outcome for a in accounts if a.outcome)),
        "words": sum(account.words for account in accounts),
        "missing words": sum(len(account.missing) for account in accounts),
        "pictures not to be had": len({p[0] for a in accounts for p in a.pictures}),
        "links to look at": sum(1 for a in accounts for link in a.links if " " in link[1]),
        "old addresses that lead nowhere": sum(not account.leads_on for account in accounts),
        "comments": sum(account.comments for account in accounts),
        "elements": dict(losses.most_common()),
    }


def write(folder: Path, accounts: Sequence[Account], language: Language) -> None:
    """Writes report.json and report.html into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    encoded = msgspec.json.encode({"summary": summary(accounts), "items": accounts})
    (folder / "report.json").write_bytes(msgspec.json.format(encoded, indent=1) + b"\n")
    with (folder / "report.html").open("w", encoding="utf-8") as file:
        file.writelines(_page(accounts, language))


def _page(accounts: Sequence[Account], language: Language) -> Iterator[str]:
    def say(english: str) -> str:
        return escape(_GERMAN.get(english, english) if language == "de" else english)

    yield (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<meta charset="utf-8">\n'
        f"<title>{say('Report of the import')}</title>\n<style>body{{font:1rem/1.5 sans-serif;"
        "margin:2rem auto;max-width:75rem;padding:0 1rem}table{border-collapse:collapse;width:100%}"
        "td,th{border:1px solid #999;padding:.3rem;text-align:left;vertical-align:top;"
        "overflow-wrap:anywhere}</style>\n"
        f"<h1>{say('Report of the import')}</h1>\n"
    )
    figures = summary(accounts)
    for title, name in (
        ("What came of the items", "status"),
        ("What the files' own state led to", "outcome"),
        ("elements", "elements"),
    ):
        rows = figures[name]
        if isinstance(rows, dict) and rows:
            yield f"<h2>{say(title)}</h2>\n<table>\n"
            for key, count in rows.items():
                yield f"<tr><td>{say(str(key))}<td>{count}\n"
            yield "</table>\n"
    for title, chosen in (
        ("To be looked at", [a for a in accounts if _wants_a_look(a)]),
        ("Everything", accounts),
    ):
        yield f"<h2>{say(title)} ({len(chosen)})</h2>\n<table>\n<tr>"
        yield (
            "".join(f"<th>{say(name)}" for name in ("title", "origin", "went to", "not as it was"))
            + "\n"
        )
        for account in chosen:
            yield "<tr><td>" + "<td>".join(_cells(account, say, full=title != "Everything")) + "\n"
        yield "</table>\n"


def _wants_a_look(account: Account) -> bool:
    return bool(
        account.missing or account.pictures or account.losses or not account.leads_on
        or account.outcome in ("changed twice", "deleted here")
        or account.status in ("draft", "left out")
        or any(" " in to for _, to in account.links)
    )  # fmt: skip


def _cells(account: Account, say: Callable[[str], str], *, full: bool) -> Iterator[str]:
    yield escape(account.title or account.key)
    yield f"{escape(account.origin)}<br>{escape(account.old_address)}"
    yield f"{say(account.status)} {say(account.outcome)}<br>" + "<br>".join(
        map(escape, (account.path, account.address))
    )
    parts = [say(account.why)] if account.why else []
    if full:
        if not account.leads_on:
            parts.append(say("the old address leads nowhere"))
        if account.missing:
            parts.append(f"{say('words without a place')}: {escape(' '.join(account.missing))}")
        parts += [f"{say('pictures')}: {escape(url)}: {say(why)}" for url, why in account.pictures]
        parts += [
            f"{say('links')}: {escape(url)}: {escape(why)}"
            for url, why in account.links
            if " " in why
        ]
        parts += [f"&lt;{escape(loss.tag)}&gt; {escape(loss.said)}" for loss in account.losses]
        if account.comments:
            parts.append(f"{say('comments')}: {account.comments}")
    yield "<br>".join(parts)

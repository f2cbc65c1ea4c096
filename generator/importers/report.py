"""The report of an import: where each item, word, picture, link and address went, or why not."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from html import escape
from pathlib import Path

import msgspec

from generator.base.words import Language, word
from generator.importers.archive import Account
from generator.importers.reasons import Reason


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
        "links to look at": sum(isinstance(to, Reason) for a in accounts for _, to in a.links),
        "old addresses that lead nowhere": sum(not account.leads_on for account in accounts),
        "comments": sum(account.comments for account in accounts),
        "elements": dict(losses.most_common()),
    }


def write(folder: Path, accounts: Sequence[Account], language: Language) -> None:
    """Writes report.json, whose reasons are in English, and report.html into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    items = [_told(account) for account in accounts]
    encoded = msgspec.json.encode({"summary": summary(accounts), "items": items})
    (folder / "report.json").write_bytes(msgspec.json.format(encoded, indent=1) + b"\n")
    with (folder / "report.html").open("w", encoding="utf-8") as file:
        file.writelines(_page(accounts, language))


def _told(account: Account) -> dict[str, object]:
    """An account with sentences for its reasons."""
    told = msgspec.structs.asdict(account)
    told["why"] = account.why.said() if account.why else ""
    told["refused"] = [f"{one.what()} {one.hint()}" for one in account.refused]
    told["pictures"] = [(address, why.said()) for address, why in account.pictures]
    told["links"] = [(link, to if isinstance(to, str) else to.said()) for link, to in account.links]
    return told


def _page(accounts: Sequence[Account], language: Language) -> Iterator[str]:
    def say(name: str, **values: object) -> str:
        return escape(word(name, language, **values))

    yield (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<meta charset="utf-8">\n'
        f"<title>{say('import-report')}</title>\n<style>body{{font:1rem/1.5 sans-serif;"
        "margin:2rem auto;max-width:75rem;padding:0 1rem}table{border-collapse:collapse;width:100%}"
        "td,th{border:1px solid #999;padding:.3rem;text-align:left;vertical-align:top;"
        "overflow-wrap:anywhere}</style>\n"
        f"<h1>{say('import-report')}</h1>\n"
    )
    losses = Counter(loss.tag for account in accounts for loss in account.losses)
    figures = {
        say("import-report-status"): _counted((account.status for account in accounts), say),
        say("import-report-outcome"): _counted((a.outcome for a in accounts if a.outcome), say),
        say("import-report-elements"): [(escape(tag), n) for tag, n in losses.most_common()],
    }
    for title, rows in figures.items():
        if rows:
            yield f"<h2>{title}</h2>\n<table>\n"
            yield from (f"<tr><td>{name}<td>{count}\n" for name, count in rows)
            yield "</table>\n"
    looked_at = [account for account in accounts if _wants_a_look(account)]
    for title, chosen, full in (
        (say("import-report-look", count=len(looked_at)), looked_at, True),
        (say("import-report-everything", count=len(accounts)), accounts, False),
    ):
        yield f"<h2>{title}</h2>\n<table>\n<tr>"
        yield f"<th>{say('import-report-title')}<th>{say('import-report-origin')}"
        yield f"<th>{say('import-report-place')}<th>{say('import-report-changed')}\n"
        for account in chosen:
            yield "<tr><td>" + "<td>".join(_cells(account, say, language, full=full)) + "\n"
        yield "</table>\n"


def _counted(names: Iterable[str], say: Callable[..., str]) -> list[tuple[str, int]]:
    """What became of items or files, each with how often."""
    return [(say(f"import-{name}"), count) for name, count in Counter(names).items()]


def _wants_a_look(account: Account) -> bool:
    return bool(
        account.missing or account.pictures or account.losses or not account.leads_on
        or account.outcome in ("changed-twice", "deleted-here")
        or account.status in ("draft", "left-out")
        or any(isinstance(to, Reason) for _, to in account.links)
    )  # fmt: skip


def _cells(
    account: Account, say: Callable[..., str], language: Language, *, full: bool
) -> Iterator[str]:
    yield escape(account.title or account.key)
    yield f"{escape(account.origin)}<br>{escape(account.old_address)}"
    became = " ".join(say(f"import-{one}") for one in (account.status, account.outcome) if one)
    yield f"{became}<br>{escape(account.path)}<br>{escape(account.address)}"
    parts = [escape(account.why.said(language))] if account.why else []
    parts += [escape(f"{one.what(language)} {one.hint(language)}") for one in account.refused]
    if full:
        if not account.leads_on:
            parts.append(say("import-report-nowhere"))
        if account.missing:
            parts.append(say("import-report-missing", words=" ".join(account.missing)))
        for address, why in account.pictures:
            parts.append(say("import-report-picture", address=address, why=why.said(language)))
        for address, to in account.links:
            if isinstance(to, Reason):
                parts.append(say("import-report-link", address=address, why=to.said(language)))
        parts += [f"&lt;{escape(loss.tag)}&gt; {escape(loss.said)}" for loss in account.losses]
        if account.comments:
            parts.append(say("import-report-comments", count=account.comments))
    yield "<br>".join(parts)

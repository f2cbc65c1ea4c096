"""Renames, moves, deletes and changes patterns at random: each address has to answer for ever.

    .venv/bin/python -m tools.try_addresses [--steps 300] [--seed N]

After each step the portal is deployed, and a real nginx, set up as docs/verwaltung.md says, is
asked for every address that was ever published: it has to answer with the page of the same
article, with a redirect of one hop to it, or with 410 where the article is not published any more.
"""

import argparse
import http.client
import random
import re
import shutil
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final
from urllib.parse import quote

from generator.base.problems import PortalError
from generator.config.deploy import Target
from generator.site.ledger import FILE, parse
from tests.deploy.hosts import send
from tests.portals import PORTAL, TestPortal, files_of
from tests.whole_portals.test_nginx import serving

MARK: Final = re.compile(r"Zeichen-\d+-")
PATTERNS: Final = {
    "article": ("/{year}/{month}/{slug}/", "/{year}/{slug}/", "/a/{slug}/", "/{section}/{slug}/"),
    "print": ("{article}druck/", "{article}drucken/"),
    "keyword": ("/stichwort/{keyword}/", "/thema/{keyword}/"),
    "section": ("/{section}/", "/bereich/{section}/"),
    "author": ("/autor/{author}/", "/von/{author}/"),
}
KEYWORDS: Final = ("Netz", "Recht", "Verkehr", "Schule")


@dataclass(frozen=True)
class Article:
    """A source, known by a mark in its text, whatever becomes of it."""

    mark: str
    path: str
    text: str
    title: str
    slug: str | None = None
    section: str = "politik"
    keywords: tuple[str, ...] = ()
    author: str = "ve"
    draft: bool = False
    expires: str | None = None
    guid: str | None = None


@dataclass(frozen=True)
class State:
    """What the editors have at one moment."""

    articles: tuple[Article, ...]
    patterns: dict[str, str] = field(default_factory=dict)
    synonyms: tuple[tuple[str, str], ...] = ()

    def write(self, made: TestPortal) -> None:
        """Puts it into the portal's folder."""
        patterns = "".join(f'{kind} = "{pattern}"\n' for kind, pattern in self.patterns.items())
        synonyms = "".join(f'"{name}" = ["{other}"]\n' for name, other in self.synonyms)
        made.write(
            "portal.toml",
            f'{PORTAL}\n[delivery]\nserver = "nginx"\n\n[addresses]\n{patterns}'
            f"\n[keywords.synonyms]\n{synonyms}",
        )
        shutil.rmtree(made.root / "content")
        for one in self.articles:
            made.article(
                one.path, f"{one.mark} {one.text}", title=one.title, slug=one.slug,
                section=one.section, keywords=f"[{', '.join(one.keywords)}]", author=one.author,
                draft="true" if one.draft else None, expires=one.expires, guid=one.guid,
            )  # fmt: skip


class Trial:
    """A portal and all that its readers ever knew."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.chance = random.Random(seed)
        self.made = TestPortal.small(folder / "portal", toml=PORTAL)
        self.target = Target("live", "folder", str(folder / "target"), keep=2)
        self.state = State(tuple(self._article(n) for n in range(8)))
        self.owners: dict[str, str] = {}
        self.lists: set[str] = set()
        self.decided: set[str] = set()
        self.answers = Counter[str]()
        self.wrong: list[str] = []
        self.number = 8

    @property
    def count(self) -> int:
        """How many addresses were ever published."""
        return len(self.owners) + len(self.lists)

    def _article(self, number: int) -> Article:
        return Article(
            f"Zeichen-{number}-", f"meldung-{number}.md", f"Text {number}.", f"Titel {number}",
            keywords=tuple(self.chance.sample(KEYWORDS, 2)),
        )  # fmt: skip

    def step(self, step: int) -> None:
        """Some edits, a deploy, and a look at each address."""
        before = self.state
        for _ in range(self.chance.choice((1, 1, 2))):
            self.state = self._edited(step)
        self.state.write(self.made)
        try:
            self.made.build()
            self._publish()
        except PortalError as error:  # another article's address, or two with one: taken back
            self.answers[f"refused: {error.problems[0].name}"] += 1
            self.state = before
            self.state.write(self.made)
            self.made.build()
            self._publish()
        if step % 5 == 0:
            files = files_of(self.made.output)
            self.made.build(clean=True)
            if files_of(self.made.output) != files:
                self.wrong.append(f"step {step}: a clean build makes something else")
            send(self.made, self.target)
        self._ask(step)

    def _edited(self, step: int) -> State:
        chance, state = self.chance, self.state
        place = chance.randrange(len(state.articles))
        one = state.articles[place]
        match chance.choice(
            ("slug", "move", "move", "rename", "title", "text", "section", "keywords", "author",
             "draft", "expires", "delete", "new", "pattern", "synonym", "back")
        ):  # fmt: skip
            case "slug":
                one = replace(one, slug=chance.choice((f"kurz-{step}", None)))
            case "move":
                one = replace(one, path=f"ordner-{step % 7}/{step}-{place}.md")
            case "rename":
                return self._renamed(place, f"umbenannt-{step}-{place}.md")
            case "title":
                one = replace(one, title=f"Neuer Titel {step}")
            case "text":
                one = replace(one, text=f"Text von {step}.")
            case "section":
                one = replace(one, section="technik" if one.section == "politik" else "politik")
            case "keywords":
                one = replace(one, keywords=tuple(chance.sample(KEYWORDS, chance.randrange(3))))
            case "author":
                one = replace(one, author="tl" if one.author == "ve" else "ve")
            case "draft":
                one = replace(one, draft=not one.draft)
            case "expires":
                one = replace(one, expires=None if one.expires else "2026-06-01")
            case "delete" if len(state.articles) > 4:
                return replace(
                    state, articles=(*state.articles[:place], *state.articles[place + 1 :])
                )
            case "new" if len(state.articles) < 14:
                made = self._article(self.number)
                self.number += 1
                return replace(state, articles=(*state.articles, made))
            case "pattern":
                kind = chance.choice(sorted(PATTERNS))
                return replace(
                    state, patterns={**state.patterns, kind: chance.choice(PATTERNS[kind])}
                )
            case "synonym":
                pair = tuple(chance.sample(KEYWORDS, 2))
                chosen = chance.choice(((), ((pair[0], pair[1]),)))
                return replace(state, synonyms=chosen)
            case "back" if self.owners:  # somebody wants an address that another one had
                old = chance.choice(sorted(self.owners)).rstrip("/").rpartition("/")[2]
                one = replace(one, slug=old)
        return replace(state, articles=(*state.articles[:place], one, *state.articles[place + 1 :]))

    def _renamed(self, place: int, path: str) -> State:
        """As by the command, which keeps the name by which an article is known."""
        one = self.state.articles[place]
        if one.path == path:  # it was renamed in this step already
            return self.state
        self.state.write(self.made)
        done = self.made.run("rename", one.path, path)
        if done.returncode:
            self.wrong.append(f"rename {one.path}: {done.stderr}")
            return self.state
        text = (self.made.root / "content" / path).read_text()
        guid = re.search(r'^guid: "?([^"\n]*)"?$', text, re.MULTILINE)
        one = replace(one, path=path, guid=guid[1] if guid else None)
        rest = self.state.articles
        return replace(self.state, articles=(*rest[:place], one, *rest[place + 1 :]))

    def _publish(self) -> None:
        """Deploys, and answers at random what it asks."""
        try:
            send(self.made, self.target)
            return
        except PortalError as error:
            if any(one.name != "address-lost" for one in error.problems):
                raise
            asked = [dict(one.values)["address"] for one in error.problems]
        for address in asked:
            self.decided.add(address)
            self.answers["asked"] += 1
            if self.chance.random() < 0.5:
                done = self.made.run("addresses", "--gone", address)
            else:
                done = self.made.run("rename", address, self.chance.choice(("/", self._live())))
            if done.returncode:
                self.wrong.append(f"{address}: {done.stderr}")
        self.made.build()
        send(self.made, self.target)

    def _live(self) -> str:
        lines = parse((self.made.root / FILE).read_text()).lines
        live = [a for a, line in lines.items() if line.kind == "article" and self.made.has(a)]
        return self.chance.choice(live) if live else "/"

    def _ask(self, step: int) -> None:
        """Asks nginx for each address that was ever published."""
        for address, known in parse((self.made.root / FILE).read_text()).lines.items():
            if known.kind in ("article", "print"):
                self.owners.setdefault(address, "")
            else:
                self.lists.add(address)
        with serving(Path(self.target.path, "current")) as server:
            line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)

            def get(address: str) -> tuple[int, str, str]:
                line.request("GET", quote(address, safe="/%"))
                answer = line.getresponse()
                text = answer.read().decode("utf-8", "replace")
                return answer.status, text, answer.getheader("Location") or ""

            public = set()
            for file in Path(self.target.path, "current").rglob("index.html"):
                public.update(MARK.findall(file.read_text(encoding="utf-8")))
            there_are = {one.mark for one in self.state.articles}
            for address in self.owners.keys() | self.lists:
                owner = self.owners.get(address)
                status, text, goal = get(address)
                self.answers[str(status)] += 1
                found = MARK.search(text)
                there = found[0] if found and status == 200 else ""
                # A file that is new may be the one that is gone, with another name and text.
                is_free = owner == "" or (owner not in there_are and not self._is_decided(address))
                if status == 200 and there and is_free:
                    self.owners[address] = owner = there
                if status == 301:
                    hop, text, _ = get(goal)
                    if hop != 200:
                        self.wrong.append(f"step {step}: {address} leads to {goal}: {hop}")
                    found = MARK.search(text)
                    there = found[0] if found else ""
                elif status not in (200, 410):
                    self.wrong.append(f"step {step}: {address}: {status}")
                if self._is_decided(address) and status != 200:
                    continue
                if owner and there != owner and (owner in public or there):
                    what = f"{goal} {there}".strip() or status
                    self.wrong.append(f"step {step}: {address} was {owner}, and is {what}")
            line.close()

    def _is_decided(self, address: str) -> bool:
        return any(address.startswith(one) for one in self.decided)


def addresses(folder: Path, seed: int, steps: int) -> Trial:
    """So many steps; all that readers were told, and what of it was wrong."""
    trial = Trial(folder, seed)
    trial.state.write(trial.made)
    trial.made.build()
    send(trial.made, trial.target)
    for step in range(1, steps + 1):
        trial.step(step)
        if step % 20 == 0:
            sys.stderr.write(f"{step} steps, {trial.count} addresses\n")
    return trial


def main() -> None:
    """Tries what is asked for, and says what it came to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="addresses-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # nginx reads in it, maybe as somebody else
        trial = addresses(folder, options.seed, options.steps)
    said = ", ".join(f"{count} × {what}" for what, count in trial.answers.most_common())
    print(f"{options.steps} steps, {trial.count} addresses: {said}; wrong: {len(trial.wrong)}")
    kinds = {re.sub(r"\d+", "N", one): one for one in reversed(trial.wrong)}
    for one in list(kinds.values())[:20]:  # the first of each kind
        print(f"    {one}")
    sys.exit(bool(trial.wrong))


if __name__ == "__main__":
    main()

"""What sources may not share: addresses, and spellings of a keyword that differ.

A source has its address from its date until it expires.  That an article takes the address of one
that has expired is usual and right; that a draft takes the address of an article is better told of
today than on the day it appears.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final, NamedTuple, TypeAlias

from generator.base.problems import Problem, problem
from generator.model.addresses import path_of, slug
from generator.model.article import Article, Source, begins, ends

Lined: TypeAlias = tuple[Source, Mapping[str, int]]
"""A source and the line of each field of its front matter."""

_ALWAYS: Final = datetime.min.replace(tzinfo=UTC)
_NOBODY: Final[Mapping[str, str]] = MappingProxyType({})
_NEVER: Final = datetime.max.replace(tzinfo=UTC)


def collisions(
    sources: Iterable[Lined],
    shown: Callable[[str], str],
    *,
    at: datetime = _ALWAYS,
    authors: Mapping[str, str] = _NOBODY,
) -> tuple[Problem, ...]:
    """All that the sources share and should not, in the order of their paths.

    Errors: from `at` on, two sources have one address at the same time, or an old address of one
    is an address of another.  Warnings: keywords that meet in one address or nearly do, and
    names that seem to be one author's; `authors` are those of portal.toml, names by initials.
    `shown` is how messages name a source.
    """
    ordered = sorted(sources, key=lambda source: source[0].path)
    found = (
        *_addresses(ordered, shown, at),
        *_keywords(ordered, shown),
        *_authors(ordered, shown, authors),
    )
    return tuple(sorted(found))


class _Claim(NamedTuple):
    """That a source has an address for a time."""

    path: str
    start: datetime
    end: datetime

    def meets(self, other: "_Claim") -> bool:
        """Whether another source has the address at the same time."""
        return self.path != other.path and self.start < other.end and other.start < self.end


def _claim(source: Source) -> _Claim:
    start, end = begins(source), ends(source)
    return _Claim(source.path, start.at if start else _ALWAYS, end.at if end else _NEVER)


def _addresses(
    sources: list[Lined], shown: Callable[[str], str], at: datetime
) -> Iterator[Problem]:
    """Addresses are compared as files, without regard to capitals, as some systems do."""
    places = [path_of(source.address).casefold() for source, _ in sources]
    often = {place for place, count in Counter(places).items() if count > 1}
    aliases = {path_of(alias).casefold() for source, _ in sources for alias in source.aliases}
    # Most addresses are asked for once: no need to know when.
    wanted = often | aliases
    claims = [
        (source, lines, _claim(source))
        for place, (source, lines) in zip(places, sources, strict=True)
        if source.address and (source.aliases or place in wanted)
    ]
    current = [claimed for claimed in claims if claimed[2].end > at]
    present: dict[str, list[_Claim]] = defaultdict(list)
    for source, lines, claim in current:
        owners = present[path_of(source.address).casefold()]
        if owner := next(filter(claim.meets, owners), None):
            yield problem(
                "address-shared", shown(source.path), lines.get("slug", 0),
                address=source.address, other=shown(owner.path),
            )  # fmt: skip
        owners.append(claim)
    former: dict[str, list[_Claim]] = defaultdict(list)
    for source, lines, claim in current:
        for alias in source.aliases:
            target, line = path_of(alias).casefold(), lines.get("aliases", 0)
            if owner := next(filter(claim.meets, present.get(target, ())), None):
                place = shown(source.path), line
                yield problem("alias-is-address", *place, alias=alias, other=shown(owner.path))
            elif owner := next(filter(claim.meets, former[target]), None):
                place = shown(source.path), line
                yield problem("alias-shared", *place, alias=alias, other=shown(owner.path))
            former[target].append(claim)


def _keywords(sources: list[Lined], shown: Callable[[str], str]) -> Iterator[Problem]:
    """One problem for each spelling of a keyword that is not the most frequent of its like.

    Alike are spellings with one address (IT Planungsrat, IT-Planungsrat), and those whose address
    differs in hyphens alone (E-Government, eGovernment).  Of equally frequent ones the first in
    the alphabet counts.
    """
    counts: defaultdict[str, int] = defaultdict(int)
    first: dict[str, tuple[str, int]] = {}
    for source, lines in sources:
        if isinstance(source, Article):
            for name in source.keywords:
                counts[name] += 1
                if name not in first:
                    first[name] = source.path, lines.get("keywords", 0)
    alike: dict[str, list[str]] = defaultdict(list)
    for name in counts:
        alike[slug(name).replace("-", "")].append(name)
    for names in alike.values():
        usual, *others = sorted(names, key=lambda name: (-counts[name], name))
        for other in others:
            (path, line), same = first[other], slug(other) == slug(usual)
            yield problem(
                "keyword-spelling" if same else "keyword-alike", shown(path), line,
                keyword=other, count=counts[other], usual=usual, often=counts[usual],
            )  # fmt: skip


def _authors(
    sources: list[Lined], shown: Callable[[str], str], known: Mapping[str, str]
) -> Iterator[Problem]:
    """One problem for each spelling of an author's name that is not the usual one.

    Alike are names with one address but for hyphens (Eß, Ess), and those of which one has initials
    where the other has first names (V. Eß, Verena Eß).  The usual one is portal.toml's, else the
    most frequent.
    """
    counts: Counter[str] = Counter()
    first: dict[str, tuple[str, int]] = {}
    for source, lines in sources:
        for author in source.authors if isinstance(source, Article) else ():
            name = known.get(author, author)
            counts[name] += 1
            if name not in first:
                first[name] = shown(source.path), lines.get("author", 0)
    names = sorted(
        {*counts, *known.values()}, key=lambda n: (n not in known.values(), -counts[n], n)
    )
    usual: dict[str, str] = {}
    for name in names:
        same = usual.setdefault(slug(name).replace("-", ""), name)
        if same != name and counts[name]:
            yield _one_author(name, same, counts, *first[name])
    for name, whole in _abbreviated(usual.values()):
        if counts[name]:
            yield _one_author(name, whole, counts, *first[name])


def _one_author(other: str, usual: str, counts: Mapping[str, int], path: str, line: int) -> Problem:
    return problem(
        "author-spelling", path, line,
        author=other, count=counts[other], usual=usual, often=counts[usual],
    )  # fmt: skip


def _abbreviated(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each name whose first names are mere initials, with the only name that it can stand for."""
    by_surname: dict[str, list[list[str]]] = defaultdict(list)
    for name in names:
        words = name.split()
        if len(words) > 1:
            by_surname[slug(words[-1])].append(words)
    for people in by_surname.values():
        short = [words for words in people if _is_initial(words[0])]
        for words in short:
            initial = slug(words[0])
            whole = [p for p in people if p not in short and slug(p[0]).startswith(initial)]
            if len(whole) == 1:
                yield " ".join(words), " ".join(whole[0])


def _is_initial(word: str) -> bool:
    return len(word.rstrip(".")) == 1

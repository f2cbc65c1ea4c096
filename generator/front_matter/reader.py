"""A source's header to an article: its fields by the schema, each problem with its line.

`read` is pure: the same path, header and portal give the same entry, on any machine.
"""

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

import msgspec

from generator.base.problems import PortalError, Problem, problem
from generator.base.suggestions import nearest, nearest_first
from generator.config.front_matter import FrontMatterRules
from generator.config.portal import Portal
from generator.front_matter import foreign_keys
from generator.front_matter.fields import Context, boolean
from generator.front_matter.header import Fields, FrontMatter, Items, Node, Scalar, problem_at
from generator.front_matter.schema import (
    OF_ADS,
    OF_ARTICLES,
    OF_FIRMS,
    OF_STANDING,
    PARTS,
    Field,
    Schema,
)
from generator.model import content_files
from generator.model.addresses import flaw, path_of, slug
from generator.model.article import (
    Ad,
    Article,
    Correction,
    Firm,
    OpenCorrection,
    Source,
    StandingPage,
)
from generator.model.entry import Entry, of_header

STANDING_FOLDER: Final = "seiten"
"""Sources below this folder of the content are standing pages."""

FIRMS_FOLDER: Final = "firmen"
"""Sources below this one are entries of the directory of firms."""

ADS_FOLDER: Final = "anzeigen"
"""Sources below this one are advertisements."""

INITIALS: Final = 4
"""Letters of an author's name that is taken for initials, where portal.toml has some."""

_DAY_BEFORE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[-_ ]+(?=.)")

_MARKUP: Final = re.compile(r"\*\*[^*]{1,40}|\[[^\]]{1,40}\]\([^)]{1,200}\)|</?[a-z][^<>]{0,200}>")


def read(path: str, front: FrontMatter, portal: Portal) -> tuple[Entry | None, tuple[Problem, ...]]:
    """What the header of the source `path`, below the content folder with `/`, says.

    An article, a page, a firm or an ad as an entry without its text, None where it has an error;
    and all that is wrong with the front matter.
    """
    folder = path.partition("/")[0]
    problems = [_milder(found, portal) for found in front.problems]
    if front.header is None:
        return None, tuple(sorted(problems))
    if folder in (FIRMS_FOLDER, ADS_FOLDER):
        # What an archive calls its fields is said of its articles.
        portal = msgspec.structs.replace(portal, front_matter=FrontMatterRules())
    schema, make = _KINDS.get(folder, (OF_ARTICLES, _article))
    header = _sort_out(front.header, portal, schema)
    if portal.front_matter.date_from == "file name" and "date" not in header.given:
        header.given.update(_date_from_name(path))
    values, wrong_values = _values(schema.fields, header, path, portal)
    made = _Made(None, wrong_values) if wrong_values else make(values, header, path, portal)
    unread = {wrong.line for wrong in problems}
    # A value that YAML could not read is not told a second time as one that is missing.
    problems += [
        wrong
        for wrong in (*header.problems, *made.problems)
        if not (wrong.name == "field-empty" and wrong.line in unread)
    ]
    if made.source is None or any(wrong.is_error for wrong in problems):
        return None, tuple(sorted(problems))
    lines = {field: key.line for field, (key, _) in header.given.items()}
    return of_header(made.source, lines, made.open), tuple(sorted(problems))


def _milder(found: Problem, portal: Portal) -> Problem:
    """A key that stands twice is no error where it means nothing here, as in some archives."""
    if found.name == "key-twice":
        key = dict(found.values)["key"].casefold()
        if key in (extra.casefold() for extra in portal.front_matter.extra):
            return Problem(found.path, found.line, found.column, "extra-twice", found.values)
    return found


_Given: TypeAlias = tuple[Scalar, Node]
"""A key as the editor wrote it, and its value."""

_Values: TypeAlias = dict[str, Any]
"""The values of a source's fields, by its attributes."""


class _Made(NamedTuple):
    """What became of a header, what is wrong in it, and what editors still owe."""

    source: Source | None
    problems: list[Problem]
    open: tuple[OpenCorrection, ...] = ()


class _Header(NamedTuple):
    """The entries of a header by the field that they mean, and the extra ones as text."""

    given: dict[str, _Given]
    extra: dict[str, str]
    problems: list[Problem]


def _sort_out(header: Fields, portal: Portal, schema: Schema) -> _Header:
    """Which field each key means, after the portal's own names for fields and the schema's."""
    candidates: dict[str, list[_Given]] = {}
    extra_names = {name.casefold(): name for name in portal.front_matter.extra}
    extra: dict[str, str] = {}
    hiding: list[_Given] = []
    problems: list[Problem] = []
    for key, node in header.entries:
        name = _name(key)
        target = _target(name, node, portal, schema, extra_names)
        verdict = foreign_keys.hides(name, node.text if isinstance(node, Scalar) else None)
        if verdict == "hidden":
            hiding.append((key, node))
        if verdict in ("hidden", "shown"):
            target = None
        elif verdict and not target and not (name in extra_names and foreign_keys.is_state(name)):
            problems.append(problem_at(key, "key-hides", key=key.text, value=_text(node)))
            continue
        if target:
            candidates.setdefault(target, []).append((key, node))
        elif name not in extra_names:
            if not verdict:
                problems.append(_unknown(key, node, portal, schema))
        elif isinstance(node, Scalar):
            extra[extra_names[name]] = node.text
    chosen: dict[str, _Given] = {}
    for target, entries in candidates.items():
        chosen[target], second = _choose(entries, portal) if entries[1:] else (entries[0], None)
        if second:
            problems.append(_twice(second[0], target, chosen[target][0]))
    if hiding:
        problems += _hide(chosen, *hiding[0])
    given, twice = _with_parts(chosen)
    return _Header(given, extra, problems + twice)


def _target(
    name: str, node: Node, portal: Portal, schema: Schema, extra: Mapping[str, str]
) -> str | None:
    """The field, or the part of one, that the key `name` means; None for extra and unknown keys."""
    own = portal.front_matter.aliases.get(name)
    known = schema.names.get(name) or schema.names.get(name.replace("-", "_"))
    if own and not ("." in own and known and not isinstance(node, Scalar)):
        return own
    return None if name in extra else known


def _choose(entries: list[_Given], portal: Portal) -> tuple[_Given, _Given | None]:
    """The entry that counts of those that mean one field, and another that should not be there.

    Empty ones do not count.  An archive that has several keys for a field lists them in
    portal.toml; then the first in that order counts, and the others may be there.
    """
    filled = [entry for entry in entries if not _is_empty(entry[1])] or entries[:1]
    if len(filled) == 1:
        return filled[0], None
    order = list(portal.front_matter.aliases)
    if all(_name(key) in order for key, _ in filled):
        return min(filled, key=lambda entry: order.index(_name(entry[0]))), None
    return filled[0], filled[1]


def _with_parts(chosen: dict[str, _Given]) -> tuple[dict[str, _Given], list[Problem]]:
    """`chosen` with the parts of a field (`source.url`) put together to one map."""
    fields = {name: entry for name, entry in chosen.items() if "." not in name}
    problems: list[Problem] = []
    for name, (key, node) in chosen.items():
        field, _, part = name.partition(".")
        if not part or _is_empty(node):
            continue
        whole_key, whole = fields.get(field, (key, Scalar("", key.line, key.column)))
        if isinstance(whole, Items):
            problems.append(_twice(key, field, whole_key))
            continue
        entries = whole.entries if isinstance(whole, Fields) else _first_part(field, whole)
        entry = (Scalar(part, key.line, key.column), node)
        fields[field] = (whole_key, Fields((*entries, entry), whole.line, whole.column))
    return fields, problems


def _first_part(field: str, whole: Scalar) -> tuple[_Given, ...]:
    """A field that is mere text as a map: a picture's file, a source's name."""
    if _is_empty(whole):
        return ()
    name = next(iter(PARTS[field]))
    return ((Scalar(name, whole.line, whole.column), whole),)


def _name(key: Scalar) -> str:
    """A key as it is looked up."""
    return key.text.strip().casefold()


def _is_empty(node: Node) -> bool:
    if isinstance(node, Scalar):
        return not node.text.strip()
    return not (node.items if isinstance(node, Items) else node.entries)


def _twice(key: Scalar, field: str, first: Scalar) -> Problem:
    values = {"key": key.text, "field": field, "first": first.text, "other": first.line}
    return problem_at(key, "field-twice", **values)


def _hide(chosen: dict[str, _Given], key: Scalar, node: Node) -> Iterator[Problem]:
    """Makes a draft of what another system's key hides; a warning where `draft` says no."""
    stated, value = chosen.get("draft", (None, None))
    text = value.text if isinstance(value, Scalar) else ""
    if stated and text and not foreign_keys.is_no(text):
        return  # that it is a draft, or what has to be put right before anything is published
    chosen["draft"] = key, Scalar("yes", node.line, node.column)
    if stated and text:
        yield problem_at(
            key, "draft-contradicted",
            key=key.text, value=_text(node), draft=f"{stated.text}: {text}", other=stated.line,
        )  # fmt: skip


def _text(node: Node) -> str:
    return node.text if isinstance(node, Scalar) else "…"


def _unknown(key: Scalar, node: Node, portal: Portal, schema: Schema) -> Problem:
    """An unknown key, with what it is called here, or with the nearest that is known."""
    rules, name = portal.front_matter, _name(key)
    field = foreign_keys.field_of(name)
    if not field:
        own = (*schema.suggestions, *rules.aliases, *(each.casefold() for each in rules.extra))
        near = nearest(name, own) or nearest(foreign_keys.bare(name), foreign_keys.names())
        field = foreign_keys.field_of(near) if near and near not in own else None
        if near and not field:
            return problem_at(key, "key-misspelt", key=key.text, nearest=near)
    german = {each.name: each.names[0] for each in schema.fields}
    if field and field.partition(".")[0] in german:
        shown = german.get(field, field)
        return problem_at(key, "key-foreign", key=key.text, field=field, german=shown)
    is_flag = isinstance(node, Scalar) and foreign_keys.is_flag(node.text)
    return problem_at(key, "key-unknown-flag" if is_flag else "key-unknown", key=key.text)


def _values(
    schema: Sequence[Field], header: _Header, path: str, portal: Portal
) -> tuple[_Values, list[Problem]]:
    """The values of the fields by the attributes of the article, and what is wrong with them."""
    values: _Values = {}
    problems: list[Problem] = []
    for field in schema:
        key, node = header.given.get(field.name, (None, None))
        if node is None or (_is_empty(node) and field.read is not boolean):
            default = portal.front_matter.defaults.get(field.name)
            if default is None:
                values[field.attribute or field.name] = field.default
                if field.required:
                    problems.append(_missing(field, key))
                continue
            node = Scalar(default, 0, 0)
        context = Context(portal, path, key.text if key else field.name)
        try:
            values[field.attribute or field.name] = field.read(node, context)
        except PortalError as error:
            problems += error.problems
    return values, problems


def _missing(field: Field, key: Scalar | None) -> Problem:
    german = field.names[0]
    if key is None:
        return problem("field-missing", "", 1, 0, field=field.name, german=german)
    return problem_at(key, "field-empty", key=key.text)


def _date_from_name(path: str) -> Iterator[tuple[str, _Given]]:
    """The date that stands before the name of a source, where one does."""
    if found := _DAY_BEFORE.match(posixpath.basename(path)):
        day = Scalar(found[0].strip("-_ "), 1, 1)
        yield "date", (day, day)


def _article(values: _Values, header: _Header, path: str, portal: Portal) -> _Made:
    corrections = values["corrections"]
    made = [each for each in corrections if isinstance(each, Correction)]
    values["corrections"] = tuple(sorted(made, key=lambda each: each.date))
    year, month, day = values["date"].at.date().isoformat().split("-")
    address, wrong = _settled(
        values, header, path, portal.addresses.article,
        year=year, month=month, day=day, section=values["section"],
    )  # fmt: skip
    problems = [*wrong, *_odd_dates(values, header), *_strange_initials(values, header, portal)]
    article = Article(path=path, address=address, fields=header.extra, **values)
    still_open = tuple(each for each in corrections if isinstance(each, OpenCorrection))
    return _Made(article, problems, still_open)


def _standing_page(values: _Values, header: _Header, path: str, portal: Portal) -> _Made:
    address, problems = _settled(values, header, path, portal.addresses.standing)
    known = {field.name for field in OF_STANDING.fields}
    problems += [
        problem_at(key, "field-without-effect", key=key.text)
        for name, (key, _) in header.given.items()
        if name not in known
    ]
    return _Made(StandingPage(path=path, address=address, **values), problems)


def _firm(values: _Values, header: _Header, path: str, portal: Portal) -> _Made:
    address, problems = _settled(values, header, path, portal.addresses.firm)
    return _Made(Firm(path=path, address=address, **values), problems)


def _ad(values: _Values, header: _Header, path: str, _portal: Portal) -> _Made:
    if values["image"] is None:  # a map without a word in it
        key, _ = header.given["image"]
        return _Made(None, [problem_at(key, "field-empty", key=key.text)])
    ad, problems = Ad(path=path, **values), []
    if not ad.image.alt:
        problems.append(problem("ad-without-alt", "", header.given["image"][0].line))
    if ad.start and ad.expires and ad.expires.at <= ad.start.at:
        problems.append(problem("ad-never-shown", "", header.given["until"][0].line))
    return _Made(ad, problems)


_KINDS: Final[Mapping[str, tuple[Schema, Callable[[_Values, _Header, str, Portal], _Made]]]] = {
    STANDING_FOLDER: (OF_STANDING, _standing_page),
    FIRMS_FOLDER: (OF_FIRMS, _firm),
    ADS_FOLDER: (OF_ADS, _ad),
}
"""What the sources below a folder are; all others are articles."""


def _settled(
    values: _Values, header: _Header, path: str, pattern: str, **parts: str
) -> tuple[str, list[Problem]]:
    """The address of a source, and what is wrong with it and with texts.

    In `values` the slug and the old addresses become those that count.
    """
    values["slug"] = values["slug"] or _slug_of(path)
    address = pattern.format(slug=values["slug"], **parts)
    problems = [*_address_problems(values, address, header), *_markup(values, header)]
    values["aliases"] = tuple(each for each in values["aliases"] if not _is_own(each, address))
    return address, problems


def _slug_of(path: str) -> str:
    """The slug that a source's name gives: without a date before it; of its folder for index.md."""
    folder, _, name = path.rpartition("/")
    stem = content_files.stem(name)
    if stem == "index" and folder:
        stem = folder.rpartition("/")[2]
    return slug(_DAY_BEFORE.sub("", stem))


def _address_problems(values: _Values, address: str, header: _Header) -> Iterator[Problem]:
    key, _ = header.given.get("slug", (Scalar("", 1, 0), None))
    if not values["slug"]:
        yield problem("slug-missing", "", 1)
    elif found := flaw(address):
        yield found.at("", key.line, key.column)
    for alias in values["aliases"]:
        if _is_own(alias, address):
            key, _ = header.given["aliases"]
            if path_of(alias) == path_of(address):
                yield problem_at(key, "alias-of-itself", alias=alias)
            else:
                yield problem_at(key, "alias-capitals", alias=alias, address=address)


def _is_own(alias: str, address: str) -> bool:
    """Whether an old address means the file of the present one, in capitals or with its name."""
    return path_of(alias).casefold() == path_of(address).casefold()


def _odd_dates(values: _Values, header: _Header) -> Iterator[Problem]:
    """Dates that are possible, but hardly meant."""
    date, updated, expires = values["date"], values["updated"], values["expires"]
    if updated and (
        updated.at < date.at if updated.timed and date.timed else updated.at.date() < date.at.date()
    ):
        yield problem("updated-before-date", "", header.given["updated"][0].line)
    if expires and expires.at <= date.at:
        yield problem("expires-before-date", "", header.given["expires"][0].line)
    if any(each.date.at.date() < date.at.date() for each in values["corrections"]):
        yield problem("correction-before-date", "", header.given["corrections"][0].line)


def _strange_initials(values: _Values, header: _Header, portal: Portal) -> Iterator[Problem]:
    """Initials that portal.toml does not know, though it knows some: mostly a slip."""
    if not portal.authors:
        return
    longest = max(map(len, portal.authors))
    for name in values["authors"]:
        if name not in portal.authors and len(name) <= max(longest, INITIALS) and name.isalpha():
            key, _ = header.given.get("author", (Scalar("", 1, 0), None))
            near = next(iter(nearest_first(name.casefold(), portal.authors)))
            yield problem_at(
                key, "initials-unknown",
                author=name, nearest=near, person=portal.authors[near],
                known=", ".join(portal.authors),
            )  # fmt: skip


def _markup(values: _Values, header: _Header) -> Iterator[Problem]:
    """Markdown or HTML in a text that is shown as it is."""
    for name in ("title", "kicker", "lead"):
        if found := _MARKUP.search(values.get(name, "")):
            key, _ = header.given.get(name) or header.given["name"]
            yield problem("text-with-markup", "", key.line, key=key.text, markup=found[0])

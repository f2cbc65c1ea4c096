"""The directory of firms: who is in it, by name, by field of work, by town and by keyword."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from generator.model.addresses import letter, slug, sort_key, spellings
from generator.model.answers import FirmEntry, FirmGroup
from generator.model.article import Firm, Source


class Directory:
    """The firms among published sources; made once for a site, and asked by many pages."""

    def __init__(self, sources: Iterable[Source]) -> None:
        firms = (source for source in sources if isinstance(source, Firm))
        self.all: tuple[Firm, ...] = tuple(
            sorted(firms, key=lambda firm: (sort_key(firm.title), firm.path))
        )

    def firms(
        self, *, field: str = "", town: str = "", keyword: str = "", limit: int = 0
    ) -> tuple[FirmEntry, ...]:
        """The firms that match all that is given, in German order; at most `limit` of them.

        A firm matches a keyword that is among its own or its fields of work.
        """
        found: Sequence[FirmEntry] = self._entries
        for shelf, name in (("field", field), ("town", town), ("keyword", keyword)):
            if name:
                there = self._by.get((shelf, slug(name)), ())
                found = there if found is self._entries else [f for f in found if f in there]
        return tuple(found[:limit] if limit else found)

    def firm_fields(self) -> tuple[FirmGroup, ...]:
        """The firms by field of work, both in German order."""
        return self._groups("field", (name for firm in self.all for name in firm.fields))

    def firm_towns(self) -> tuple[FirmGroup, ...]:
        """The firms by town, both in German order."""
        return self._groups("town", (firm.town for firm in self.all))

    def _groups(self, shelf: str, names: Iterable[str]) -> tuple[FirmGroup, ...]:
        """Each name in the spelling that most firms use, with its firms."""
        usual = spellings(names).items()
        return tuple(
            FirmGroup(name, key, letter(name), self._by[shelf, key])
            for key, name in sorted(usual, key=lambda pair: sort_key(pair[1]))
            if key
        )

    @cached_property
    def _entries(self) -> tuple[FirmEntry, ...]:
        return tuple(
            FirmEntry(
                path=firm.path,
                address=firm.address,
                name=firm.title,
                letter=letter(firm.title),
                lead=firm.lead,
                postcode=firm.postcode,
                town=firm.town,
                link=firm.link,
                logo=firm.logo,
                fields=firm.fields,
                paid=firm.paid,
                unpublished=firm.unpublished,
            )
            for firm in self.all
        )

    @cached_property
    def _by(self) -> Mapping[tuple[str, str], tuple[FirmEntry, ...]]:
        """The firms by shelf and slug."""
        index: defaultdict[tuple[str, str], list[FirmEntry]] = defaultdict(list)
        for firm, entry in zip(self.all, self._entries, strict=True):
            fields, keywords = set(map(slug, firm.fields)), set(map(slug, firm.keywords))
            index["town", slug(firm.town)].append(entry)
            for key in fields:
                index["field", key].append(entry)
            for key in fields | keywords:
                index["keyword", key].append(entry)
        return {key: tuple(found) for key, found in index.items()}

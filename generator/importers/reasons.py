"""Why a part of an archive is not as it was: an entry of the catalogue, with its values."""

import msgspec

from generator.base.words import Language, word


class Reason(msgspec.Struct, frozen=True):
    """Why something did not come in, or not as it was; `values` fill the sentence `name`."""

    name: str
    values: tuple[tuple[str, str], ...] = ()

    def said(self, language: Language = "en") -> str:
        """The reason as people read it, behind what it is about."""
        return word(self.name, language, **dict(self.values))


def reason(name: str, **values: object) -> Reason:
    """The reason `name` of the catalogue."""
    return Reason(name, tuple((key, str(value)) for key, value in values.items()))

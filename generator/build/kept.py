"""What a command that builds nothing came to, kept until something that it depends on changes."""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Generic, NamedTuple, TypeVar

import msgspec

from generator.base import digests
from generator.base.report import Options
from generator.base.scan import look_at
from generator.build import last_build, up_to_date
from generator.config.portal import FILE, Portal
from generator.load.portal_files import Surroundings, look

if TYPE_CHECKING:
    from generator.build.workspace import Workspace

T = TypeVar("T")

ASIDE: Final = "check.sqlite"
"""The store of commands that do not build: a running build has locked the other one."""


class Holding(msgspec.Struct, frozen=True, array_like=True):
    """When an outcome holds: while what it depends on has the digest `inputs` (b"": never).

    `since` and `until` are POSIX times (None: for ever); `output` as in `Outcome`.
    """

    inputs: bytes = b""
    since: float = 0.0
    until: float | None = 0.0
    output: dict[str, bool] = {}

    def holds(self, inputs: bytes, portal: Portal, at: datetime) -> bool:
        """Whether it does at a moment, with these inputs."""
        now, folder = at.timestamp(), portal.folders.output
        return (
            bool(inputs)
            and inputs == self.inputs
            and self.since <= now < (self.until or now + 1)
            and all((folder / file).is_file() == there for file, there in self.output.items())
        )


class Outcome(NamedTuple, Generic[T]):
    """What a command came to.

    It holds before the moment `until` (None: for ever), while the files of the output that were
    looked for are there or not as in `output`.  What is not `certain` is not kept.
    """

    value: T
    until: datetime | None = None
    output: Mapping[str, bool] = MappingProxyType({})
    certain: bool = True

    def holding(self, inputs: bytes, since: datetime) -> Holding:
        """When it holds that was come to with these inputs, at that moment."""
        until = self.until.timestamp() if self.until else None
        known = inputs if self.certain else b""
        return Holding(known, since.timestamp(), until, dict(self.output))


class _Kept(msgspec.Struct, frozen=True, array_like=True):
    """The value of an `Outcome`, and when that holds."""

    holding: Holding = Holding()
    value: bytes = b""


def kept(
    portal: Portal,
    options: Options,
    question: tuple[str, object],
    kind: type[T],
    work: "Callable[[Workspace], Outcome[T]]",
) -> T:
    """What `work` comes to, done only where it may be something else than the last time.

    `question` is the name of the command and what was asked of it; of each name one answer is kept.
    """
    found = look(portal)
    inputs = _inputs(portal, found, options, question)
    key = f"kept {question[0]}"
    last = last_build.ask(portal, lambda meta: meta.get(key, _Kept), _Kept, file=ASIDE)
    if last.holding.holds(inputs, portal, options.at):
        return msgspec.msgpack.decode(last.value, type=kind)
    # Imported here: what is kept needs none of it.
    from generator.build.workspace import aside

    def keeping(workspace: "Workspace") -> T:
        workspace.found = found
        outcome = work(workspace)
        if (holding := outcome.holding(inputs, options.at)).inputs:
            workspace.store.put(key, _Kept(holding, msgspec.msgpack.encode(outcome.value)))
            workspace.store.commit()
        return outcome.value

    return aside(portal, options, keeping)


def around(portal: Portal, found: Surroundings, options: Options) -> bytes:
    """The digest of all that an answer depends on but sources, last build, time and output; b""
    where it cannot be told."""
    return _with_settings(portal, up_to_date.around(portal, found, options))


def _inputs(portal: Portal, found: Surroundings, options: Options, question: object) -> bytes:
    """The same of all but time and output."""
    inputs = _with_settings(portal, up_to_date.inputs(portal, found, options))
    return inputs and digests.of_value((inputs, last_build.digest(portal), question))


def _with_settings(portal: Portal, beside: bytes) -> bytes:
    """The digest of portal.toml as it is written, and of what is `beside` it; b"" as above."""
    file = look_at(portal.folders.root / FILE)
    return digests.of_value((beside, file)) if beside and file and file.trusted else b""

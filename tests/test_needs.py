"""A test of something that is not installed says so; where all was installed, it fails."""

from pathlib import Path

import pytest

from tests import needs
from tests.portals import ROOT


@pytest.fixture(autouse=True)
def _nothing_is_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    for name, thing in needs.THINGS.items():
        if isinstance(thing.where, Path):
            missing = thing._replace(where=tmp_path / thing.where.name)
            monkeypatch.setitem(needs.THINGS, name, missing)


@pytest.mark.parametrize("name", needs.THINGS)
def test_what_is_missing_is_named_with_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.delenv("EVERYTHING_INSTALLED", raising=False)
    with pytest.raises(pytest.skip.Exception, match=needs.THINGS[name].install):
        needs.want(name)


@pytest.mark.parametrize("name", needs.THINGS)
def test_where_all_was_installed_nothing_may_be_missing(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("EVERYTHING_INSTALLED", "1")
    with pytest.raises(pytest.fail.Exception, match=needs.THINGS[name].install):
        needs.want(name)


@pytest.mark.parametrize("thing", needs.THINGS.values(), ids=needs.THINGS)
def test_continuous_integration_installs_what_tests_want(thing: needs.Thing) -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert thing.install.split()[-1] in script or "bash" in thing.install
    assert "export EVERYTHING_INSTALLED=1\n" in script

"""A setting is one typed field of a table: from the declaration alone it is read and checked."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from generator.base.problems import Problem
from generator.config import reader
from generator.config.setting import Allowed, Count, Filled, Setting, Table
from generator.config.toml_file import Place
from generator.config.toml_file import read as read_file


class Target(Table, frozen=True):
    """A table of which there may be many."""

    name: Filled
    kind: Literal["folder", "sftp"]
    port: Count = 22
    paths: tuple[Annotated[str, Allowed(verbatim=True)], ...] = ()

    def mistakes(self, at: Place) -> Iterator[Problem]:
        if self.kind == "folder" and self.port != 22:
            yield at.at("port").problem("setting-unknown", key=at.at("port").key, known="-")


class Pretended(Table, frozen=True):
    """A file of all sorts of settings."""

    title: Filled
    root: Annotated[Path, Setting(key="")] = Path()
    folder: Path = Path("here")
    deploy: tuple[Target, ...] = ()
    limit: Annotated[Count, Filled, Setting(key="feeds.length")] = 20
    names: dict[str, str] = msgspec.field(default_factory=dict)
    others: Annotated[dict[str, bool], Setting(key="*")] = msgspec.field(default_factory=dict)
    small: Annotated[str, Allowed(read=str.casefold)] = ""


def read(folder: Path, text: str) -> tuple[Pretended, list[tuple[str, int, str]]]:
    """What a file with `text` says, and the name, line and key of each mistake."""
    file = folder / "x.toml"
    file.write_text(text, encoding="utf-8")
    made, problems = reader.read(read_file(file), Pretended)
    return made, sorted((p.name, p.line, dict(p.values).get("key", "")) for p in problems)


def test_every_type_is_read(tmp_path: Path) -> None:
    text = """
        title = "Ein  Ko\u0308nig"
        folder = "a  b"
        small = "GROSS"
        quick = true
        [feeds]
        length = 3
        [names]
        "x  y" = " z "
        [[deploy]]
        name = "web"
        kind = "sftp"
        paths = ["a  b"]
    """
    made, mistakes = read(tmp_path, text)
    assert mistakes == []
    assert made == Pretended(
        title="Ein König",
        folder=Path("a  b"),
        deploy=(Target("web", "sftp", paths=("a  b",)),),
        limit=3,
        names={"x y": "z"},
        others={"quick": True},
        small="gross",
    )


def test_all_mistakes_are_told_with_their_lines(tmp_path: Path) -> None:
    text = """quick = 1
[feeds]
lenght = 3
length = 0
[[deploy]]
name = "web"
kind = "ftp"
[[deploy]]
name = " "
kind = "folder"
port = "22"
paths = "a"
[[deploy]]
kind = "folder"
port = 23
"""
    assert read(tmp_path, text)[1] == [
        ("setting-choice", 7, "deploy.kind"),
        ("setting-empty", 9, "deploy.name"),
        ("setting-missing", 1, "title"),
        ("setting-missing", 13, "deploy.name"),
        ("setting-misspelt", 3, "feeds.lenght"),
        ("setting-not-boolean", 1, "quick"),
        ("setting-not-list", 12, "deploy.paths"),
        ("setting-not-number", 11, "deploy.port"),
        ("setting-too-small", 4, "feeds.length"),
        ("setting-unknown", 15, "deploy.port"),
    ]


def test_a_star_is_a_key_like_any_other(tmp_path: Path) -> None:
    assert read(tmp_path, 'title = "A"\n"*" = true\n')[0].others == {"*": True}
    assert read(tmp_path, 'title = "A"\n[[deploy]]\nname = "a"\nkind = "sftp"\n"*" = 1\n')[1] == [
        ("setting-unknown", 5, "deploy.*")
    ]


def test_what_is_wrong_counts_as_not_written(tmp_path: Path) -> None:
    made, _ = read(tmp_path, 'title = 1\nfolder = 1\n[feeds]\nlength = "x"\n')
    assert (made.title, made.folder, made.limit) == ("", Path("here"), 20)


def test_a_field_that_is_no_setting_cannot_be_written(tmp_path: Path) -> None:
    made, mistakes = read(tmp_path, 'title = "A"\nroot = "/"\n')
    assert made.root == Path()
    assert mistakes == [("setting-not-boolean", 2, "root")]

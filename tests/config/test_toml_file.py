"""Where the tables and keys of a TOML text stand."""

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from generator.config.toml_file import lines

TEXT = '''title = "A"
[folders]
content = """
fake = 1
[fake]
"""
# comment = 1
  'quoted key' = 1
[[sections]]
id = "a"
[[sections]]

id = "b"
[front_matter.aliases]
"deck" = "lead"
a . b = 1
[ "x y" . z ]
'''


def test_every_key_has_its_line() -> None:
    assert lines(TEXT) == {
        ("title",): 1,
        ("folders",): 2,
        ("folders", "content"): 3,
        ("folders", "quoted key"): 8,
        ("sections",): 9,
        ("sections", 0): 9,
        ("sections", 0, "id"): 10,
        ("sections", 1): 11,
        ("sections", 1, "id"): 13,
        ("front_matter", "aliases"): 14,
        ("front_matter", "aliases", "deck"): 15,
        ("front_matter", "aliases", "a", "b"): 16,
        ("x y", "z"): 17,
    }


def test_the_text_above_is_toml() -> None:
    assert tomllib.loads(TEXT)["front_matter"]["aliases"]["a"]["b"] == 1


@given(st.text(alphabet="a=[]\"'. \n#\\"))
def test_any_text_has_lines(text: str) -> None:
    assert all(1 <= line <= text.count("\n") + 1 for line in lines(text).values())

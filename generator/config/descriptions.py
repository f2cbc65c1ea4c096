"""What each setting is for, as the text below its declaration says it."""

import ast
import inspect
from itertools import pairwise

from generator.base.words import LANGUAGES, Language
from generator.config.setting import Table


def descriptions(table: type[Table]) -> dict[str, dict[Language, str]]:
    """By the name of each field of a table: its description, a line in each language."""
    (declared,) = ast.parse(inspect.getsource(table)).body
    found = {}
    for field, text in pairwise(declared.body if isinstance(declared, ast.ClassDef) else ()):
        match field, text:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(ast.Constant(str(written))):
                paragraphs = (" ".join(part.split()) for part in written.split("\n\n"))
                found[name] = dict(zip(LANGUAGES, paragraphs, strict=True))
    return found

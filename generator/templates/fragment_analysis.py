"""Whether a layout puts fragments on its pages just as they are, and does nothing else with them.

Then a page with another fragment is the page as it was, with that fragment's text in its place.
"""

from collections.abc import Iterator
from typing import Final

from jinja2 import nodes

FRAGMENT: Final = "fragment"
"""The query, a method of a layout's `site`."""

_CATCHING: Final = (nodes.AssignBlock, nodes.CallBlock, nodes.FilterBlock, nodes.Macro)
"""What is written inside these goes somewhere else before it may come to the page."""

_BRINGING: Final = (nodes.Block, nodes.Include)
"""These may write what other layouts say."""


def is_spliceable(tree: nodes.Template) -> bool:
    """Whether each fragment in a layout is asked for alone, between `{{` and `}}`."""
    return not any(_mishandled(tree, caught=False))


def _mishandled(node: nodes.Node, *, caught: bool) -> Iterator[nodes.Node]:
    """What may bring a fragment, or a block with one, to somewhere else than the page."""
    caught = caught or isinstance(node, _CATCHING) or _is_recursive(node)
    if caught and isinstance(node, _BRINGING):
        yield node
    if isinstance(node, nodes.Getattr) and node.attr == FRAGMENT:
        yield node
    if isinstance(node, nodes.Getitem) and _may_be_fragment(node.arg):
        yield node
    if isinstance(node, nodes.Filter) and node.name == "attr":
        yield node
    if isinstance(node, nodes.Name) and node.name in ("self", "super"):
        yield node
    for child in node.iter_child_nodes():
        if isinstance(node, nodes.Output) and not caught and _stands_alone(child):
            continue
        yield from _mishandled(child, caught=caught)


def _stands_alone(node: nodes.Node) -> bool:
    """Whether a node between `{{` and `}}` is a fragment or `super()`, and nothing more."""
    if not isinstance(node, nodes.Call):
        return False
    called, given = node.node, [*node.args, *node.kwargs]
    if any(any(_mishandled(part, caught=False)) for part in given):
        return False
    if isinstance(called, nodes.Name):
        return called.name == "super"
    return (
        isinstance(called, nodes.Getattr)
        and called.attr == FRAGMENT
        and isinstance(called.node, nodes.Name)
    )


def _may_be_fragment(key: nodes.Node) -> bool:
    return isinstance(key, nodes.Const) and key.value == FRAGMENT


def _is_recursive(node: nodes.Node) -> bool:
    return isinstance(node, nodes.For) and node.recursive

"""Stadtschreiber: a static site generator for news portals on public administration.

ARCHITECTURE.md describes the packages, the way of the data, and the words.
"""

__version__ = "0.1.0"

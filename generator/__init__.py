"""Stadtschreiber: a static site generator for news portals on public administration.

ARCHITECTURE.md describes the modules and the floors on which they stand.
"""

__version__ = "0.1.0"

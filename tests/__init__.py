"""The tests: a mirror of the modules, and tests of whole portals."""

"""The publish gate: what a build refuses, and a table of rules on what editors should know.

Offers `check`, `formats`; a module of rules for each kind of thing.  May import `build` and below.
"""

"""What everything stands on: mistakes as values and their words, digests, files, locks, worker processes.

Offers `problems` (what is wrong, where, and what to write instead), `digests`, `scan`, `lock`,
`workers`, `report` (what a build is asked and tells), `console`.  Imports nothing of the generator.
"""

"""What all else stands on: mistakes as values and their words, digests, files, locks, workers.

Offers `problems` (what is wrong, where, and what to write instead), `digests`, `scan`, `lock`,
`workers`, `machine` (how many there may be), `aside` (one call in another process), `report` (what
a build is asked and tells), `console`.
Imports nothing of the generator.
"""

"""portal.toml: what a publication is called and how it is arranged, each setting a typed field.

Offers `portal` (load), a module for each table, `setting` (how one is declared), `json_schema` and
`descriptions` (what follows from it), `permalinks`, and `fingerprint` (what every page depends
on).  May import `model` and below.
"""

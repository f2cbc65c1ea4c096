"""A source's header: YAML as text with lines, then by one schema, each mistake with its line.

Offers `reader` (a file to an article), `schema`, `dates`, `json_schema`.
May import `config` and below.
"""

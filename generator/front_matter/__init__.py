"""A source's header: YAML as text with lines, then by one schema, each mistake with its line.

Offers `header` (a file to header and text), `reader` (a header to an entry), `schema`, `dates`,
`json_schema`.  May import `config` and below.
"""

"""What was read, and is remembered: the store, sources, pictures, digests of files.

Offers `store`, `portal_files` (what lies in a portal's folders), `sources`, `pictures`,
`file_digests`.  May import `templates` and below.
"""

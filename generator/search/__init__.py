"""Texts to the files of a search index that knows the language, and what changed to those that do.

Offers `document` (a text to what is searched and shown of it), `numbers` (what documents are
called), `index` (words to shards, all or what changed), `languages`.  What is written here,
assets/js/search-index.js reads.  Knows nothing of sites and folders.  May import `base`.
"""

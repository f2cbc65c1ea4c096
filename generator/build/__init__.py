"""From sources to a published site; a new portal.

Offers `build` (the command's function), `pipeline` (its steps, in order), `validation` (what is
refused), `search`, `compression`, `new_portal`.  May import `engine` and below.
"""

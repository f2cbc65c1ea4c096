"""From sources to a published site; a new portal.

Offers `build` (the command's function), `pipeline` (its steps, in order), `up_to_date`
(whether there is anything to do), `validation` (what is refused), `search`, `compression`, `new_portal`.  May import `engine` and below.
"""

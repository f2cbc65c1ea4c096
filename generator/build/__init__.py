"""From sources to a published site; a new portal.

Offers `workspace` (a portal as it is loaded, for every command), `build` (the command's function),
`up_to_date` (whether there is anything to do), `pipeline` (its steps, in order), `validation` (what
is refused), `search`, `compression`, `new_portal`.  May import `engine` and below.
"""

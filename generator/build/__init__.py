"""From sources to a published site; a new portal.

Offers `workspace` (a portal as it is loaded, for every command), `build` (the command's function),
`up_to_date` (whether there is anything to do), `pipeline` (its steps, in order), `validation` (what
is refused), `last_build` (what it remembered), `kept` (what other commands came to), `search`,
`compression`, `new_portal`.  May import `engine` and below.
"""

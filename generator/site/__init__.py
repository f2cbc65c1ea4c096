"""The immutable index over everything publishable at a moment, what it answers, its pages.

Offers `index` (Site), `after_edit` (the same after a save), `pages` (the plan),
`links`, `assets`, `conflicts`, and what `Site` is made of.  May import `media`, `config` and below.
"""

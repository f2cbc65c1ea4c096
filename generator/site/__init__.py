"""The immutable index over everything publishable at a moment, what it answers, its pages.

Offers `index` (Site), `pages` (the plan), `links`, `assets`, `conflicts`, and what `Site`
is made of.  May import `media`, `config` and below.
"""

"""The immutable index over everything publishable at one moment, what it answers, and its pages.

Offers `index` (Site), `pages` (the plan), `links`, `assets`, `conflicts`, and what `Site` is made of.
May import `media`, `config` and below.
"""

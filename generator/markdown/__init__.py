"""A text to a `Body`; it depends on nothing but the text.

Offers `convert`; the other modules are steps of it.  May import `model` and `base`.
"""

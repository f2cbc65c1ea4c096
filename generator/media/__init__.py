"""One file to another, by the digest of its input: pictures, SVG, PDF.

Offers `images`, `svg`, `pdf`.  May import `model` and `base`.
"""

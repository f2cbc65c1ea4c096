"""Owns how archives come in: exports of WordPress, and folders of other generators.

Offers `bring_in.run`, which reads an archive, writes a portal that builds, and reports where each
thing went; and `html_to_markdown`, which proves that what it writes is what it was given.  May
import `build` and below.
"""

"""What a layout is, and what it may say: the Jinja environment, filters, and the context it sees.

Offers `environment`, `context`, `filters`, `documents`.  May import `site` and below.
"""

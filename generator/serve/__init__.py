"""The live preview: the portal as it is being written, in the browser with each save.

Offers `command`.  Nothing of it is published.  May import `build` and below.
"""

"""The live preview: the portal as it is being written, in the browser with each save.

Offers `protocol` (which starts the backend) and `preview` (the server at work).  Nothing of it is
published.  May import `build` and below.
"""

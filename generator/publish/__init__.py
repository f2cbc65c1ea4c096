"""Staged files to the output folder: all or nothing, orphans removed, nothing foreign touched.

Offers `output` (opened, publish), `journal`, `manifest`.  May import `base`.
"""

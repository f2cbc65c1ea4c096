"""The portal goes out: to a folder, by rsync or SFTP, or by a command of somebody's own.

Offers `deploy` (deploy, put_back), `difference` (what readers will see).  May import `build` and
below.
"""

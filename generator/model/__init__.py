"""The frozen values: what sources become, what layouts are answered with, addresses, the gate.

Offers `article`, `entry` (a source from reading to index), `answers`, `addresses`, `gate`.
May import `base`.
"""

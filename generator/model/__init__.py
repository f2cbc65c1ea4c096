"""The frozen values: what sources become, what layouts are answered with, addresses, the gate.

Offers `article`, `answers`, `addresses`, `gate`.  May import `base`.
"""

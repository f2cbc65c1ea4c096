"""Measures pages of the sample portal with Lighthouse, and on a slow line."""

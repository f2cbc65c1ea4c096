"""Queries and traces: what changed, which pages are stale and why, rendering in processes.

Offers `render`, `stale`, `delta`, `splice`, `staging`, `previous_build`.
May import `load` and below.
"""

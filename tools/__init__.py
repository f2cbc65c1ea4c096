"""Programs for those who work on Stadtschreiber itself."""

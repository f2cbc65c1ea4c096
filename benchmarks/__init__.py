"""Benchmarks of Stadtschreiber beside other generators: a corpus, a meter, a table."""

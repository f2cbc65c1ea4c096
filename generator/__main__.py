"""`python -m generator` is the command `stadtschreiber`."""

from generator.cli import run

if __name__ == "__main__":
    run()

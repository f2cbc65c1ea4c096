"""`python -m generator` is the command `stadtschreiber`."""

from generator.cli.main import run

if __name__ == "__main__":
    run()

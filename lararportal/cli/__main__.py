"""`python -m lararportal.cli`: the command line without its script."""

from lararportal.cli import main

if __name__ == "__main__":
    main(prog_name="lararportal")

"""What `python -m screening` runs: the same as the command `screening`."""

from screening.cli import main

main(prog_name="screening")

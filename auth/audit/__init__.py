"""What the deeds about persons owe: `letters_owed.sql` says which letters."""

from pathlib import Path

LETTERS_OWED = (Path(__file__).parent / "letters_owed.sql").read_text("utf-8")

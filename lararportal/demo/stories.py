"""The sessions of the demonstration that somebody's story is about, by key, and the rounds that they are in."""

FINISHED, OPEN, REVEALED = 1, 2, 3
"""One is published, one takes applications, and the seats of one can be drawn up at once."""
ANNAS_SEAT, SISTER, ANNAS_LINE, SARAS_SEAT = "OB06-1", "OB06-2", "OB02-1", "KL10-1"
ANNAS_PRECEDENCE = "OB05-1"
ANNAS_WISHES = [["KL03-2"], ["OB04-2"]]
"""In the round that can be drawn up."""
TOO_FEW = "KL26-1"
LEFT_OVER = {SISTER: 6, TOO_FEW: 24}
"""Sessions that keep free seats: Anna can re-book, and one stays below its minimum."""
NEEDED_AS_THEY_ARE = {ANNAS_SEAT, SISTER, ANNAS_LINE, SARAS_SEAT, *LEFT_OVER}
"""Nobody changes these by chance."""

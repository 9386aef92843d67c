"""What can be wrong with a backup, said to the operator."""


class BackupFault(Exception):  # noqa: N818 - what is said to the operator, who can change it
    """A backup cannot be made or read; the message is a sentence that says why, and what can be done."""

"""The message log: which letters a person had about what, when the mail server took them, and what it said.

`queries` reads it, `correcting` puts an address right and sends again what did not reach it, and `views` are the
pages of coordinators, who also send a letter again or stop it (`lararportal.outbox`).
"""

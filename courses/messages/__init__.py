"""Writing to the participants of a session: its leader or a coordinator, in their own words or from a draft.

Whom a letter can be for is in `recipients`: all with a seat, those who were there, or those who lack a part of the
preparation. `sending` stores one letter for each of them, once for a form, however often that is sent in. What was
sent is read in `shown`: by who leads the session, and by participants in the portal, where the protected read it.
"""

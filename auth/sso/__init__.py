"""Signing in at a provider, by OpenID Connect.

The story: every provider of the settings is known as a client of Authlib (`clients`), which reads what the provider
says of itself, what it has signed by one of its `keys`, and turns what goes wrong into a refusal, as it does what
takes too long (`patience`); a browser sets out and comes back (`journeys`); what it comes back with is read and
checked (`proofs`). A provider may also say that somebody has signed out there (`logout_tokens`). What the portal
knows of a journey under way lies in Flask's signed session, for a short while and for few journeys at a time. Nothing
here touches the database: a provider that is slow must not hold a transaction.
"""

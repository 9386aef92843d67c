"""The pages of the auth room.

`signing_in` (and out; it holds the blueprint) and `arriving` (back from a provider), `inviting` (by coordinators) and
`invited` (by the link of a letter), `profile`, `own_sign_ins` and `own_identities` (one's own), and `directory` (the
people that somebody answers for). `forms_sent` says where their forms go on to.
"""

"""The pages of the auth room.

`signing_in` (and out; it holds the blueprint), `profile` (one's own) and `directory` (the people that somebody
answers for). `forms_sent` is what their forms share.
"""

"""Who somebody is and what they may do.

The story: a doctor chooses a provider and comes back with a proof (`sso`), which counts once (`spent_tokens`) and is
one of the identities of a person or makes a new, pending one (`people`), whose personal number is kept sealed
(`personal_numbers`) by keys that change at times (`resealing`); whoever has no sign-in of their own yet is invited to
an account (`invitations`), and whoever has two links them (`identities`), and hears of it at their address
(`addresses`); a login session begins (`login_sessions`), by which the browser is known (`cookie`); a director of
studies or a coordinator confirms what the person is (`people`), and whoever has a protected identity is named nowhere
(`protection`), and who asks for it is erased (`erasure`); every page then asks `access` whether the person's roles
let them in, which are given and taken in `granting`; `holders` says who has one. `states` are the words, `rules` what
must hold and why not, `models` the rows, `queries` what pages read, `letters` what is posted, `forms` and `views` the
pages, and `audit/` what must hold of all of it.
"""

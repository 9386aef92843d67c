"""The demonstration: a believable term in an empty database, and a rehearsal of it without a browser.

`term` builds it chapter by chapter, for `lararportal dev` and for the rehearsal: the `cast` is invented, its
`arrivals` are played; `offer` fills the catalogue and plans a year of sessions on the `dates` around today;
`wishes` says who wants what, `rounds` sends it in, and `lottery` draws for the second party; `aftermath` is what
happens in the weeks after a publication, `held` who was there when sessions were held, and `decisions` what
directors of studies decide about single people. Everything happens by calling the deeds, each at its own past moment,
in the order of the `agenda`.

`rehearsal` goes on with a built term into the future, delivers its letters, and looks by the portal's own audit
whether everything holds; `figures` counts what came of it. `people` is a beginning without a term: only those whom
the list of accounts names.
"""

from lararportal.demo.people import welcome_people
from lararportal.demo.term import Term, build_term

__all__ = ["Term", "build_term", "welcome_people"]

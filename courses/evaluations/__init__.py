"""What participants say of a course: truly without a name, by how it is kept and not by a promise.

What is asked about a course is chosen in versions (`questions`). At the end of the last day everybody who was there
is asked (`opening`), and reminded twice. An answer goes into the session's sealed box as numbers and texts that are
nobody's (`answering`, `box`), in the same transaction as the mark that somebody has answered, and is itself kept
nowhere. After three weeks, or when everybody has answered, it closes (`closing`): who was asked is forgotten, how
many is written down, and from then on what was answered can be read, once and for all (`shown`), but for a text that
names a person, which a coordinator masks (`masking`). `compilation` is all of it for a course, unit by unit, beside
what leaders think of their sessions (`reflecting`).

What is kept and what is shown is the matter of `courses.rules.evaluations`. `checks` says what must hold of it, and
`resealing` takes part in a change of keys.
"""

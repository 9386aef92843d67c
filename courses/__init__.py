"""What is offered, and what happened there.

The story: a course stands in the catalogue (`catalogue`; `course_import` takes many from a `course_file`); it is
given as course sessions on certain days at a place (`sessions`), with a `programme`, published and archived, and says
so to everybody (`shown`, `days_in_order`); a session is changed (`session_changes`) or its booking closed early
(`closing`), and whom it concerns is asked about first (`concerned`). `preparation` is what there is to do before it,
`materials` are its files and links, `messages` what its leader writes to who comes, and `needs` what people need
then; `days` is what happens when it is given: who was there, and who has been through it; `certificates` is what they
are certified of it, `evaluations` what they thought of it, and `reviews` what somebody from outside says of it twice
a year. `reports` are the courses that somebody has taken elsewhere.

`reach` says for whom the certificates and the material of a session are, and by `seen` no page from before undoes
what was changed since. `states` are the words, `rules` what must hold and why not, `models` the rows, `queries` what
pages read, `letters` what is posted, `forms` and `views` the pages, and `audit/` what must hold of all of it.
"""

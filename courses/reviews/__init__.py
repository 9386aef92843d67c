"""The review of courses: twice a year somebody from outside reads what came of each, and the unit answers.

A coordinator opens the review of a half-year (`opening`): each course with a session held in it, with its figures as
they are that day. A reviewer writes drafts and gives a final statement, and closes what is answered (`stating`); the
unit answers with what it will do (`answering`), and coordinators are reminded of what is late (`reminding`). `shown`
is what pages read, `follow_up` what has become of it.
Nobody who took part has a name here, and no figure is of fewer than five people (`courses.rules.reviews`).
"""

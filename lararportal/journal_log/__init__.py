"""The journal as coordinators read it: what was done, by person, session, course, deed and time, the latest first.

`queries` reads it, and `views` is the page; who looks at what concerns one person leaves an entry about that.
"""

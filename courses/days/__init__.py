"""What happens on the days of a session: who was there, half day by half day, and who has been through it.

A leader notes attendance in the room (`attendance`), or the participants check in by the code on the screen
(`check_in`). When the last half day has begun the leader completes the session (`completion`): who has been through
it follows from the attendance, from what the course demands, and from what only the leader can say; who was absent
has a letter. A leader who forgets it is reminded (`reminding`), and in the end a coordinator does it (`in_place`).
Two weeks after the last day nobody but a coordinator changes anything, with a reason (`correcting`). What all of
these read is in `half_days`, and what their pages show in `shown`. Who has a seat is not known in this room: it is
asked (`half_days.Roster`), under the lock of the session.
"""

"""What there is to do before a course.

A coordinator says which parts a course has, and a leader what one session has beside (`parts`): something to read,
watch or do, with about how long it takes, with a link or a file, and if it is wanted questions to check oneself by.
Who has a seat says what they have done, or answers the questions (`doing`), by the day that the session names. What
somebody has done goes with them to another session of the course. Who lacks something is shown to the leader
(`standing`), who decides what it means; a reminder is posted where it is known who has seats (`bookings.preparing`).
"""

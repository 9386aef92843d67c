"""The pages of the bookings room.

For whoever wants a course: `mine` (what I have), `applying` (rank and send in), `my_seat` (book, queue, cancel,
re-book) and `situation` (what the course pages say to the visitor). For staff: `desk` (what needs attention),
`rounds` (plan, open, close, draw up, publish), `progress` (of long work), `rosters` (who is booked, and the sessions
below their minimum) and `leading` (a leader's own sessions).
"""

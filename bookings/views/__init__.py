"""The pages of the bookings room.

For whoever wants a course: `mine` (what I have), `applying` (rank and send in), `my_seat` (book, wait, cancel,
re-book), `decision` (every step of a decision) `goals` (what a resident's rules demand a
course for, also for staff) and `situation` (what the pages of other rooms say to the visitor).
For everybody: `fairness` (the rules, and what may be known of each round). For staff: `desk` (what needs attention),
`rounds` (plan, open, close, draw up, publish), `lottery` (bound and revealed, by both sides), `opening_and_closing`
(of sessions between two drawings up), `progress` (of long work), `rosters` (who is booked, and the sessions below
their minimum), `precedence` (who goes before others by a decision), `erasing` (of whoever asks for it) and `leading`
(a leader's own sessions). `changes` are the pages that both share. `mine`, `fairness` and `desk` hold the blueprints;
the first and the last hang up the addresses of the others.
"""

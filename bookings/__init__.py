"""Who gets a seat: the story of a term, in the order in which it happens.

The round. A coordinator plans it (`rounds`, `round_plan`) with its lottery (`lottery_plan`), and opens it when two
parties are bound (`lottery`). Doctors send in what they want, most wanted first (`applications`). When the round is
closed, what counts is frozen (`frozen`), with what the `register` says. The parties reveal, and the seed gives
everybody their lot (`lots`). Seats are drawn up (`allocation`); sessions that many or few want are opened or closed,
and the seats drawn up again (`opening_and_closing`); all is published at one moment (`publication`).

After the round. Seats that are left over may be booked directly (`left_over_seats`). Who got none waits in line
(`waitlist`); the order of the sessions of a course that somebody waits for is their own (`own_order`).

A seat is free again, which is found by `freed`. It was given back (`cancellation`, which can be undone for some
minutes; what is late is put down by `charging`, who never came by `absences`, and both are found in the `invoicing`)
or changed for another (`rebooking`). It goes to the next in line: at once (`seats_from_line`), or kept for them
(`offers`) until they answer (`answers`), and in the last days to the best placed of all who say yes (`call_outs`).
Those who wait for each other's full sessions change seats (`swap_rings`).

A session is changed. Everybody follows it (`moved_sessions`), and whoever is elsewhere on a new day (`collisions`)
chooses between their seats (`choices`).

The days come. Whoever is `expected` is called to the session (`summoning`) and reminded of what to prepare for it
(`preparing`), as many days before as `ahead` is told.

A seat is paid for. For a resident that is recorded, or reminded of until it is (`funding`).

Too few have booked. Such sessions are warned of, rescued or called off in a room of their own, `minimum/`.

By decision. Whoever goes before others by a decision, and not by the rules alone, does so by name and with a reason:
before a round closes (`precedence`), or as an exception in the line after it (`exceptions`); so is somebody
`taken_off` a line. Who asks for it and has nothing ahead is erased (`erasure`).

Afterwards. A published round can be done again from what was frozen, and laid beside what was published (`replay`):
what everybody was `told`, and who decided what and why, `as_noted` in the journal, in which every round can be
`retold`.

What they all use. `seats` is the only code that takes, keeps and releases a seat, and `noting` writes what became of
one into the journal. `asking` holds what somebody asks for still while it is judged, and `coming` what many may come
for at once, `deadlines` are the times to answer that are half over or have passed, `facts` turns rows into what the
rules ask for, `held` and `in_line` look at all that a whole line has in one statement, `counted` at what one place in
it depends on, `had` at what its owner reads of everything they have and had, `in_vain` says whose seat left them
without the course, `sisters` are the other sessions of a course, `giving_back` is what it means today to give a seat
back, `deciders` are those who decide whether a session runs, and `impartiality` keeps those out who have something to
gain. `seat_calendar` are the days of a seat in a calendar, and `calendar_feeds` the addresses at which calendars
follow them. Should a counter or the days of a seat ever be others than the bookings say, `putting_right` makes them
so again.

By role. `states` are the words and the allowed moves, `rules/` what must hold and why not, `models` the rows,
`queries` what pages read, `letters` what is posted, `forms` and `views/` the pages, and `audit/` what must hold of
all of it. `kernel/` is a run of an allocation once more, compiled, for rounds of very many persons.
"""

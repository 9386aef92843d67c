"""Who gets a seat.

The story of a term: a coordinator plans a round (`rounds`, `round_plan`) with its lottery (`lottery_plan`), and
opens it when two parties are bound (`lottery`); doctors send in what they want, most wanted first (`applications`);
the round is closed and what counts is frozen (`frozen`, with what the `register` says); the parties reveal, and the
seed gives everybody their lot (`lots`); seats are drawn up (`allocation`), sessions that many or few want are
opened or closed and the seats drawn up again (`opening_and_closing`), until all is published at one moment
(`publication`); seats that are left over may be booked directly (`left_over_seats`); who got none waits in line
(`waitlist`); a seat can be given back, and be had again for some minutes (`cancellation`; what was late is found in
the `invoicing`), or changed for another (`rebooking`) and goes to the next in line, at once (`seats_from_line`) or
kept for them (`offers`) until they answer (`answers`), and in the last days to the best placed of all who say yes
(`call_outs`); those who wait for each other's full sessions change seats (`swap_rings`); sessions that too few have
booked are warned of, rescued or called off in a room of their own, `minimum/`. The order of the sessions of a
course that somebody waits for is their own (`own_order`).

Whoever goes before others by a decision, and not by the rules alone, does so by name and with a reason: before a
round closes (`precedence`), or as an exception in the line after it (`exceptions`); and so is somebody `taken_off` a
line. A published round can be done again from what was frozen, and laid beside what was published (`replay`): what
everybody was `told`, and who decided what and why, `as_noted` in the journal, in which every round can be `retold`.

`seats` is the only code that takes, keeps and releases a seat. `noting` writes what became of one into the journal.
`impartiality` keeps those out who have something to gain. `asking` holds what somebody asks for still while it is
judged, `facts` turns rows into what the rules ask for, and `giving_back` is what it means today to give a seat back.
`states` are the words and the allowed moves, `rules/` what must hold and why not, `models` the rows, `queries` what
pages read, `letters` what is posted, `seat_calendar` the days of a seat in a calendar, `forms` and `views/` the
pages. `kernel/` is a run of an allocation once more, compiled, for rounds of very many persons.
"""

"""Sessions that too few have booked, and what becomes of those who are in them.

A session below its minimum has a case (`cases`): those who decide are warned before its go/no-go day and asked on
it, with how many can be expected (`forecast`), who could come besides (`prospects`) and what can be done
(`rescues`): telling those of the free seats (`invitations`, and who asked for it in `free_seats`), moving the day,
running anyway. What is not held is called off by one deed (`calling_off`): everybody in it (`displaced`) has a seat
in another session, or precedence for the next (`compensation`). The other way round, sessions in reserve are opened
when enough wait (`reserve_sessions`).
"""

"""Needs: what a participant has to eat, or needs to take part, said by themselves for one session (`saying`).

The caterer has numbers without names, and who prepares the room is told who needs what (`shown`). It may tell of
somebody's health: nobody is asked for the reason, the journal has only that something was said, no letter has any of
it, and it is deleted two weeks after the last day (`lararportal.retention`).
"""

"""The run once more, compiled, for rounds of very many persons: the same seats, some ten times sooner.

Two speeds, one truth: what is right is said by `rules/allocation/run.py` and `rules/allocation/seats.py`, and this
does the same in arrays of whole numbers. It is no rule, because rules are plain Python that anybody can follow
without a compiler. It stands beside them, takes the same market, and tests prove that it gives the same seats. It
needs the extra `kernel`, and nothing in the portal imports it but the command that asks for it.

`arrays` puts a market into arrays; `seats` is the run that is compiled; `ready` is what the engine calls.
"""

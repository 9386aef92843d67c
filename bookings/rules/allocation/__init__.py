"""Who gets a seat: the pure rule that turns the frozen input of a round into its result.

Numbers such as 2.5, here and in every file, are sections of the allocation rules.

The story of one run, in order:

1. `instance` holds the frozen input as facts, with the hash that is published at closing. `reading` makes it out of
   the document, `fields` reads the single fields, and a document that cannot be run is refused with one sentence.
2. `lottery` makes the seed out of the values of three parties, and a number out of the seed for everybody.
3. `priority` says who goes before whom for a course. `market` puts all of it into whole numbers.
4. `run` lets everybody ask down their list, and `seats` says whom a session turns down when one more comes.
5. `closing` cancels the sessions that too few came to, one at a time, and runs again.
6. `decisions` writes down who holds what, who waits where, and one reason for every request.
7. `engine` is all of these in a row, `progress` tells how far it has come, and `bookings/kernel/` is the run of
   step 4 once more, compiled, for rounds of very many persons.
8. `check` asks whether a result keeps what the rules promise. It shares `instance`, `reading` and `fields` with the
   engine and nothing else: `check_shape` looks at the document, `check_register` and `check_replay` are the rules
   once more in plain words, `check_case` lays the result beside them, `check_seats` and `check_papers` ask after the
   ten invariants, and `check_violations` are the sentences of what they find.
9. `verification` makes the file that anybody can check a published lottery by, and says what is wrong with one;
   `verification_shape` looks at the document, and `verification_remarks` names what the rules allow in one and an
   auditor asks after even so.

`unknown` names the fields that none of these reads, for whoever may have misspelt one.

After the round, `choice` tells the waiting lists what a person would take now.
"""

from bookings.rules.allocation.check import check
from bookings.rules.allocation.check_violations import Violation
from bookings.rules.allocation.engine import allocate
from bookings.rules.allocation.instance import MalformedInstance, canonical, canonical_hash

RULES_VERSION = "1"
"""The version of these rules, kept with every result; it grows when the same input would give another one."""

__all__ = ["RULES_VERSION", "MalformedInstance", "Violation", "allocate", "canonical", "canonical_hash", "check"]

"""What somebody is certified of who has been through a session, version by version.

A leader or coordinator asks for the certificates of a completed session (`issuing`): what each says is gathered and
frozen in a row (`content`), with its number and code, and the workers typeset them one by one (`typesetting`), each
in a transaction of its own. From then on a certificate is valid, and its letter is written. What is decided otherwise
of somebody afterwards withdraws it (`withdrawing`), or asks for another version where they have passed still; asking
once more makes another of whatever would say something else. The papers are fetched to be signed in ink, and that
they are is noted (`signing`). Anybody who has a code is told what has become of its version (`shown`). `forgetting`
takes away who somebody was, and `resealing` has what a change of keys has to know.
"""

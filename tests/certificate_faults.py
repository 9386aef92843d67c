"""Faults of certificates, for `demo_faults`: a withdrawn one stands alone, a live one needs a completion."""

from day_faults import AT, NEVER, ONE_HALF, SEAT, THE_OTHERS, attended, completed, noted_attended, whole

PASSED = [attended(), noted_attended(), *completed(ONE_HALF), *whole(SEAT), *completed(NEVER, THE_OTHERS)]
"""Who has the seat has been through the session, and nobody else."""


AFTER = 9_000
"""The numbers of a year that the term has given are below."""


def somebody(number: int) -> str:
    """Another seat for each fault, so that they can be planted beside each other."""
    return SEAT.replace("LIMIT 1", f"OFFSET {number} LIMIT 1")


def certificate(of: str, serial: int, state: str = "withdrawn", **facts: object) -> str:
    said = {"version": 1, "code": f"CDFHJKMNPQ{'CDFHJKMNPQRT'[serial]}C", "sealed": "", "minutes": 0} | facts
    ready = AT if state == "valid" else "null"
    ended = AT if state == "withdrawn" else "null"
    return f"""INSERT INTO certificates (session_id, person_id, kind, year, serial, version, code, state, content,
            layout, made_at, signatory_id, ready_at, ended_at, sealed)
        SELECT session_id, person_id, 'b', 2027, {AFTER + serial}, {said["version"]}, '{said["code"]}', '{state}',
            jsonb_build_object('kind', 'b', 'minutes', {said["minutes"]}, 'half_days', 1, 'of_half_days', 4, 'days',
                (SELECT jsonb_agg(day ORDER BY day) FROM course_days d WHERE d.session_id = s.session_id)),
            1, {AT}, person_id, {ready}, {ended}, '{said["sealed"]}' FROM ({of}) s"""


def noted(serial: int, deed: str = "withdrawn") -> str:
    return f"""INSERT INTO journal (at, deed, session_id, person_id, facts)
        SELECT {AT}, 'certificate.{deed}', session_id, person_id, jsonb_build_object('certificate', id,
            'number', year || '-' || lpad(serial::text, 4, '0'), 'version', version, 'told', false)
        FROM certificates WHERE serial = {AFTER + serial}"""


def told(serial: int) -> str:
    return f"""INSERT INTO letters (once, occasion, person_id, address, subject, body, calendars, message_id,
            created_at, state, attempts, next_attempt_at)
        SELECT format('certificate_ready:%s', id), 'certificate_ready', person_id, 'a@example.org', '', '', '{{}}',
            '<planted' || id || '>', {AT}, 'queued', 0, {AT} FROM certificates WHERE serial = {AFTER + serial}"""


def valid(serial: int, of: str = SEAT, **facts: object) -> list[str]:
    return [certificate(of, serial, "valid", **facts), noted(serial, "made"), told(serial)]


def withdrawn(serial: int, **facts: object) -> list[str]:
    return [certificate(somebody(serial), serial, **facts), noted(serial)]


OF_CERTIFICATES = {
    "certificate_without_pass": valid(1, somebody(1)),
    "certificate_not_as_completed": [*PASSED, *valid(2, minutes=60)],
    "certificate_twice": [
        *PASSED,
        "DROP INDEX uq_certificates_valid",
        certificate(SEAT, 3, "valid"),
        certificate(SEAT, 3, "valid", version=2, code="CCCCCCCCCCCC"),
        noted(3, "made"),
        told(3),
    ],
    "certificate_numbered_wrong": withdrawn(4, version=2),
    "certificate_code_wrong": withdrawn(5, code="AEIOUAEIOUAE"),
    "certificate_not_made": [*PASSED, certificate(SEAT, 6, "making"), noted(6, "asked_for")],
    "certificate_not_as_noted": [certificate(somebody(7), 7)],
    "certificate_by_another_key": withdrawn(8, sealed="sealed:gone:AAAA"),
    "certificate_unreadable": withdrawn(9, sealed="sealed:new:AAAA"),
}

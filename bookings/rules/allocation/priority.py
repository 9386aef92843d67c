"""Who goes before whom: the key of a person for a course, and the order in which persons enter the run (2.2, 2.5)."""

from bookings.rules.allocation.instance import RESIDENTS, Applicant, Course, Instance, Policy
from bookings.rules.allocation.lottery import lot

Key = tuple[int, int, int, int, int, int | float, str]
"""T, F, U, A, B, L and the id: compared left to right, smaller first (2.2)."""

MOST_REJECTIONS = 9


def tie(instance: Instance, applicant: Applicant, course: str = "") -> int | float:
    """Return the L of a key: a lottery number, or the time of application where the policy says so.

    Without a course it is the person's own number, the one that the person order uses in every case (2.5).
    """
    if instance.policy.tiebreak == "time":
        return applicant.applied_at
    scope = course if instance.policy.lot_scope == "course" else ""
    return lot(instance.seed, term=instance.term, person=applicant.id, course=scope)


def key(policy: Policy, course: Course, applicant: Applicant, drawn: float) -> Key | None:
    """Return a person's key for a course, or None where the person is not eligible (2.2)."""
    if applicant.group not in course.targets or course.id in applicant.passed:
        return None
    first, second = _merit(course, applicant)
    return (
        course.targets[applicant.group],
        0 if course.id in applicant.displaced else 1,
        0 if _last_chance(policy, course, applicant) else 1,
        first,
        second,
        drawn,
        applicant.id,
    )


def _last_chance(policy: Policy, course: Course, applicant: Applicant) -> bool:
    """Say whether this term is a resident's last before the planned end, for a course that they must have."""
    return course.mandatory and applicant.group == RESIDENTS and applicant.left <= policy.last_chance_months


def _merit(course: Course, applicant: Applicant) -> tuple[int, int]:
    """Return the A and B of a key: what the course's own order of precedence counts."""
    if course.order == "deadline":
        return applicant.left, 0
    if course.order == "straight":
        return -applicant.served, 0
    return -min(applicant.rejections.get(course.id, 0), MOST_REJECTIONS), applicant.served


def keys(instance: Instance) -> dict[str, list[Key]]:
    """Return, for each course, the keys of all who asked for it and may have it, best first.

    A person's place in this list is their rank: one whole number that stands for the whole key in the run.
    """
    table: dict[str, list[Key]] = {course: [] for course in instance.courses}
    per_person = instance.policy.tiebreak == "time" or instance.policy.lot_scope == "person"
    for applicant in instance.applicants.values():
        asked = dict.fromkeys(instance.sessions[session].course for session in applicant.requests)
        drawn = tie(instance, applicant)
        for name in asked:
            number = drawn if per_person else tie(instance, applicant, name)
            found = key(instance.policy, instance.courses[name], applicant, number)
            if found is not None:
                table[name].append(found)
    for line in table.values():
        line.sort()
    return table


def person_order(instance: Instance) -> list[str]:
    """Return the ids in the order in which persons enter the run: residents first, then nearest the end (2.5).

    While nobody lists overlapping sessions of different courses, any order gives the same seats (section 3); where
    somebody does, it fixes one outcome among several.
    """

    def place(applicant: Applicant) -> tuple[bool, int, int | float, str]:
        return applicant.group != RESIDENTS, applicant.left, tie(instance, applicant), applicant.id

    return [applicant.id for applicant in sorted(instance.applicants.values(), key=place)]

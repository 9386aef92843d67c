"""The demonstration people: who can sign in at the development providers, by subject."""

from dataclasses import dataclass


@dataclass(frozen=True)
class DemonstrationPerson:
    """One of them. `post` is a word for the terminal; the sign-in page has its own sentence for it."""

    subject: str
    given_name: str
    family_name: str
    post: str

    @property
    def name(self) -> str:
        """Given and family name."""
        return f"{self.given_name} {self.family_name}"

    @property
    def email(self) -> str:
        """An address in the domain that is reserved for examples."""
        return f"{self.subject}@example.org"

    @property
    def claims(self) -> dict[str, object]:
        """What the provider says of the person beside the subject."""
        return {
            "name": self.name,
            "given_name": self.given_name,
            "family_name": self.family_name,
            "email": self.email,
            "email_verified": True,
        }


PEOPLE = (
    DemonstrationPerson("anna.st", "Anna", "Stenberg", "resident"),
    DemonstrationPerson("sara.specialist", "Sara", "Lindqvist", "specialist"),
    DemonstrationPerson("karin.kursledare", "Karin", "Holm", "course leader"),
    DemonstrationPerson("olle.samordnare", "Olle", "Sandberg", "coordinator"),
    DemonstrationPerson("eva.studierektor", "Eva", "Nordin", "director of studies"),
    DemonstrationPerson("gunnar.granskare", "Gunnar", "Dahl", "reviewer"),
    DemonstrationPerson("system.admin", "Siv", "Ekman", "administrator"),
)

ELSEWHERE = (
    DemonstrationPerson("petra.privat", "Petra", "Lind", "private specialist"),
    DemonstrationPerson("erik.extern", "Erik", "Berg", "external reviewer"),
)
"""Who has no account where the others sign in; the portal has not met them yet, and the reviewer is invited."""

OTHER_HOST = "localhost"
"""What this machine is called where they sign in; where the others do it has its number."""

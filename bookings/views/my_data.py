"""What is held of the visitor: a page to read, and the whole of it as a file."""

import json
from datetime import datetime

from flask import Response, render_template

from auth import queries as people
from auth.access import ViewResult, leads_back_to, me, proved_anew, signed_in
from bookings.queries.my_data import own_data
from lararportal import edge
from lararportal.downloads import attachment

LETTERS_SHOWN = 30


@signed_in
def my_data() -> ViewResult:
    """How much of everything there is, and what can be read at once."""
    with edge.reading() as db:
        person = people.person(db, me().person_id)
        data = own_data(db, person.id)
        looks = people.looks(db, person.id)
    counts = {name: len(rows) for name, rows in data.items() if isinstance(rows, list)}
    newest = data["letters"][: -LETTERS_SHOWN - 1 : -1]
    letters = [(datetime.fromisoformat(each["created_at"]), each) for each in newest]
    return render_template(
        "bookings/my_data.html", person=person, data=data, counts=counts, looks=looks, letters=letters
    )


@signed_in
@proved_anew
@leads_back_to("mine.my_data")
def my_data_file() -> ViewResult:
    """All of it."""
    with edge.reading() as db:
        data = own_data(db, me().person_id)
    document = json.dumps({"at": edge.moment().isoformat(), **data}, ensure_ascii=False, indent=2)
    headers = attachment("mina-uppgifter.json") | {"Cache-Control": "private, no-store"}
    return Response(document, mimetype="application/json", headers=headers)


PAGES = (
    ("/profil/mina-uppgifter", my_data, ["GET"]),
    ("/profil/mina-uppgifter.json", my_data_file, ["GET"]),
)

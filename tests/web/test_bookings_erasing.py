"""A coordinator erases somebody who asks for it: what goes and what stays is read before, and the stand-in after."""

from bookings_room import AFTER, seat

import make


def test_what_goes_and_what_holds_is_read_before_and_afterwards_there_is_nobody(visit, db):
    olle = make.coordinator(db)
    anna = make.person(db, given_name="Anna", family_name="Stenberg")
    held = make.person(db)
    seat(db, make.session(db), held)
    browser = visit(olle, at=AFTER)
    here = f"/personer/{anna.id}"
    there = f"{here}/radera"

    assert there in browser.get(here).text
    page = browser.get(there).text
    assert ("Det här försvinner" in page, "allmänna handlingar" in page, "Radera personen" in page) == (True,) * 3
    page = browser.get(f"/personer/{held.id}/radera").text
    assert ("Avboka platsen" in page, "<textarea" in page) == (True, False)
    assert "Du kan inte radera dig själv" in browser.get(f"/personer/{olle.id}/radera").text
    assert browser.post(f"/personer/{held.id}/radera", data={"reason": "Begäran"}).status_code == 409
    assert [browser.post(there, data={"reason": why}).status_code for why in ("", "Anna Stenberg bad")] == [400, 409]

    answer = browser.post(there, data={"reason": "Begäran 2027/14"}, follow_redirects=True)
    gone = f"Borttagen person {anna.id}"
    assert (answer.status_code, gone in answer.text, "Stenberg" in answer.text) == (200, True, False)
    assert ("raderades på begäran" in answer.text, there in answer.text) == (True, False)
    assert browser.get(there).status_code == 404
    assert gone in browser.get("/personer").text
    assert "Begäran 2027/14" in browser.get(f"/samordning/journal?person={anna.id}").text

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import object_session

from auth.models import Grant, Person
from auth.states import Area, Category, Role, Standing
from lararportal.journal import Entry
from make import coordinator, holder, person

RESIDENT = {
    "category": Category.ST_2021,
    "area": Area.SKARABORG,
    "residency_start": date(2025, 9, 1),
    "planned_end": date(2030, 9, 1),
    "leave_months": 2,
}
FACTS_SENT = {
    "category": "st_2021",
    "area": "skaraborg",
    "residency_start": "2025-09-01",
    "planned_end": "2030-09-01",
    "leave_months": "2",
}
PENDING = {
    "category": None,
    "area": None,
    "residency_start": None,
    "planned_end": None,
    "standing": Standing.PENDING,
}


def facts_of(someone: Person) -> dict:
    """What the database has, not what the test remembers."""
    object_session(someone).refresh(someone)
    return {name: getattr(someone, name) for name in RESIDENT}


def deeds(db) -> list[str]:
    """What has been done beside signing in."""
    done = db.scalars(select(Entry.deed).order_by(Entry.id))
    return [deed for deed in done if not deed.startswith("login_session.")]


class TestSigningIn:
    def test_an_unknown_visitor_is_led_by_way_of_the_sign_in_page(self, client):
        answer = client.get("/profil?a=1&b=2")

        assert (answer.status_code, answer.location) == (302, "/logga-in?next=/profil?a%3D1%26b%3D2")
        assert 'name="next" value="/profil?a=1&amp;b=2"' in client.get(answer.location).text

    def test_a_form_that_comes_too_late_leads_to_the_sign_in_page(self, client):
        assert client.post("/profil", data={"email": "a@example.org"}).location == "/logga-in"

    def test_one_provider_is_one_clear_button(self, client):
        page = client.get("/logga-in").text

        assert page.count("Logga in med ") == 1
        assert 'action="/logga-in/demo"' in page

    def test_a_visitor_who_is_signed_in_is_led_on(self, client, sign_in, db):
        sign_in(client, person(db))

        assert client.get("/logga-in").location == "/"

    @pytest.mark.parametrize("token", ["", "x" * 43, 7, None, ["a"]])
    def test_a_token_that_was_never_given_is_worth_nothing(self, client, token):
        with client.session_transaction() as cookie:
            cookie["login"] = token

        assert client.get("/profil").status_code == 302

    def test_a_cookie_that_was_changed_is_worth_nothing(self, client, sign_in, db):
        sign_in(client, person(db))
        value = client.get_cookie("session").value
        client.set_cookie("session", value[:-2])

        assert client.get("/profil").status_code == 302

    def test_signing_out_without_having_signed_in_is_no_fault(self, client):
        assert client.post("/logga-ut").location == "/utloggad"

    def test_signing_out_cannot_be_done_by_following_a_link(self, client, sign_in, db):
        sign_in(client, person(db))

        assert client.get("/logga-ut").status_code == 405
        assert client.get("/profil").status_code == 200


class TestProfile:
    def test_a_newcomer_fills_it_in(self, client, sign_in, db):
        anna = person(db, **PENDING, email="", workplace="")
        sign_in(client, anna)
        page = client.get("/profil").text
        assert "Välkommen! Fyll i dina uppgifter" in page

        sent = {"email": " anna@example.org ", "workplace": "Vårdcentralen Linden", **FACTS_SENT}
        answer = client.post("/profil", data=sent)

        assert (answer.status_code, answer.location) == (302, "/profil")
        assert facts_of(anna) == RESIDENT
        assert (anna.email, anna.workplace) == ("anna@example.org", "Vårdcentralen Linden")
        assert deeds(db) == ["person.described_oneself"]
        assert "Din profil är sparad." in client.get("/profil").text

    def test_it_says_who_confirms(self, client, sign_in, db):
        sign_in(client, person(db, **RESIDENT, standing=Standing.PENDING))
        page = client.get("/profil").text
        assert "Dina uppgifter väntar på bekräftelse" in page
        assert "De bekräftas av en utbildningskoordinator." in page
        assert "Under tiden kan du söka kurser" in page

        holder(db, Role.DIRECTOR, area=Area.FYRBODAL, given_name="Per", family_name="Fyr")
        holder(db, Role.DIRECTOR, area=Area.SKARABORG, given_name="Eva", family_name="Nordin")
        page = " ".join(client.get("/profil").text.split())
        assert "De bekräftas av studierektorn i Skaraborg: Eva Nordin." in page

    def test_staff_gives_an_address_only(self, client, sign_in, db):
        karin = person(db, **PENDING, email="")
        sign_in(client, karin)

        assert client.post("/profil", data={"email": "karin@example.org"}).status_code == 302
        assert facts_of(karin)["category"] is None
        assert karin.email == "karin@example.org"

    @pytest.mark.parametrize(
        ("wrong", "message"),
        [
            ({"email": "anna"}, "E-post: Det ser inte ut som en e-postadress. Skriv den så här: namn@exempel.se"),
            ({"email": ""}, "E-post: Det här behöver fyllas i."),
            ({"residency_start": ""}, "ST började: Det här behöver fyllas i för den kategorin."),
            ({"planned_end": ""}, "ST planeras sluta: Det här behöver fyllas i för den kategorin."),
            ({"planned_end": "2025-09-01"}, "ST planeras sluta: ST måste sluta efter att den börjar."),
            ({"planned_end": "snart"}, "ST planeras sluta: Skriv ett datum, till exempel 2027-03-02."),
            ({"area": ""}, "Delområde: Det här behöver fyllas i för den kategorin."),
            ({"area": "norrland"}, "Delområde: Välj ett av alternativen."),
            ({"residency_start": "1025-09-01"}, "ST började: Kontrollera årtalet: en ST börjar"),
            ({"leave_months": "119"}, "i hela månader: Tjänstledigheten kan inte vara längre än hela ST."),
            ({"leave_months": "121"}, "i hela månader: Talet behöver vara mellan 0 och 120."),
            ({"leave_months": "x"}, "i hela månader: Skriv ett heltal med siffror."),
            ({"workplace": "x" * 201}, "arbetsplats: Skriv högst 200 tecken."),
        ],
    )
    def test_a_fault_is_named_and_what_was_typed_is_kept(self, client, sign_in, db, wrong, message):
        anna = person(db, **PENDING, email="old@example.org")
        sign_in(client, anna)
        sent = {"email": "anna@example.org", "workplace": "Vårdcentralen Linden", **FACTS_SENT, **wrong}
        answer = client.post("/profil", data=sent)

        assert answer.status_code == 400
        assert message in answer.text
        assert all(f'value="{sent[name]}"' in answer.text for name in ("email", "workplace", "leave_months"))
        assert facts_of(anna)["category"] is None
        assert anna.email == "old@example.org"
        assert deeds(db) == []

    def test_letters_cannot_be_led_astray_by_an_address(self, client, sign_in, db):
        anna = person(db, **PENDING)
        sign_in(client, anna)
        answer = client.post("/profil", data={"email": "anna@example.org\r\nBcc: alla@example.org"})

        assert answer.status_code == 400

    def test_a_nul_character_is_no_fault_of_the_portal(self, client, sign_in, db):
        anna = person(db, **PENDING)
        sign_in(client, anna)

        answer = client.post("/profil", data={"email": "a@example.org", "workplace": "A\x00B"})

        assert answer.status_code == 400
        assert "Skriv allt på en rad, utan radbrytningar och tabbar." in answer.text

    def test_what_is_confirmed_is_shown_with_who_did_it(self, client, sign_in, db, now):
        anna, olle = person(db, **RESIDENT), coordinator(db, given_name="Olle", family_name="Sandberg")
        db.add(Entry(at=now, by=olle.id, deed="person.confirmed", person_id=anna.id, facts={}))
        sign_in(client, anna)
        page = " ".join(client.get("/profil").text.split())

        assert "Bekräftat 11 januari 2027 kl. 08.00 av Olle Sandberg." in page
        assert "ST-läkare (2021 års regler)" in page
        assert 'name="category"' not in page

    def test_what_was_corrected_is_shown_with_the_reason(self, client, sign_in, db, now):
        anna, eva = person(db, **RESIDENT), coordinator(db, given_name="Eva", family_name="Lind")
        facts = {"reason": "Föräldraledig <b>", "old": {}, "new": {}}
        db.add(Entry(at=now, by=eva.id, deed="person.corrected", person_id=anna.id, facts=facts))
        sign_in(client, anna)
        page = " ".join(client.get("/profil").text.split())

        assert "Rättat 11 januari 2027 kl. 08.00 av Eva Lind. Skäl: Föräldraledig &lt;b&gt;" in page

    def test_a_confirmed_person_changes_address_and_workplace(self, client, sign_in, db):
        anna = person(db, **RESIDENT)
        sign_in(client, anna)
        sent = {"email": "new@example.org", "workplace": "Ny", **FACTS_SENT, "category": "specialist"}

        assert client.post("/profil", data=sent).status_code == 302
        assert facts_of(anna) == RESIDENT
        assert (anna.email, anna.workplace) == ("new@example.org", "Ny")

    def test_inputs_tell_the_browser_what_they_are_for(self, client, sign_in, db):
        sign_in(client, person(db, **PENDING))
        page = client.get("/profil").text

        assert ['autocomplete="email"' in page, 'autocomplete="organization"' in page] == [True, True]


class TestPeople:
    def test_a_director_sees_the_people_of_the_own_areas(self, client, sign_in, db):
        eva = holder(db, Role.DIRECTOR, area=Area.FYRBODAL)
        person(db, family_name="Inne", area=Area.FYRBODAL)
        person(db, family_name="Ute", area=Area.SKARABORG)
        person(db, family_name="Ingenstans", area=None)
        sign_in(client, eva)
        page = client.get("/personer").text

        assert [name in page for name in ("Inne", "Ute", "Ingenstans")] == [True, False, False]
        assert "De som har en profil i Fyrbodal." in page

    def test_a_coordinator_sees_everybody(self, client, sign_in, db):
        person(db, family_name="Inne", area=Area.FYRBODAL)
        person(db, family_name="Ingenstans", area=None)
        sign_in(client, coordinator(db))
        page = client.get("/personer").text

        assert [name in page for name in ("Inne", "Ingenstans")] == [True, True]

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ({"q": "sten"}, ["Anna Stenberg", "Bo Stenberg"]),
            ({"q": "BERG ann"}, ["Anna Stenberg"]),
            ({"q": "%"}, []),
            ({"q": "_"}, []),
            ({"q": "\x00"}, ["Anna Stenberg", "Bo Stenberg", "Cia Östberg"]),
            ({"q": "öst"}, ["Cia Östberg"]),
            ({"visa": "pending"}, ["Bo Stenberg"]),
            ({"visa": "pending", "q": "cia"}, []),
            ({"visa": "nonsense", "sida": "x"}, ["Anna Stenberg", "Bo Stenberg", "Cia Östberg"]),
            ({"sida": "-1"}, ["Anna Stenberg", "Bo Stenberg", "Cia Östberg"]),
        ],
    )
    def test_people_are_found_by_name_and_by_what_waits(self, client, sign_in, db, query, found):
        names = [("Anna", "Stenberg"), ("Bo", "Stenberg"), ("Cia", "Östberg")]
        for given_name, family_name in names:
            standing = Standing.PENDING if given_name == "Bo" else Standing.CONFIRMED
            person(db, given_name=given_name, family_name=family_name, area=Area.FYRBODAL, standing=standing)
        sign_in(client, holder(db, Role.DIRECTOR, area=Area.FYRBODAL))
        page = client.get("/personer", query_string=query).text

        assert [f"{given} {family}" for given, family in names if f"{given} {family}<" in page] == found
        assert ("Ingen att visa" in page) == (not found)

    def test_a_long_list_comes_in_pages(self, client, sign_in, db):
        for _ in range(51):
            person(db, area=Area.FYRBODAL)
        sign_in(client, holder(db, Role.DIRECTOR, area=Area.FYRBODAL))

        assert client.get("/personer").text.count('scope="row"') == 50
        assert client.get("/personer?sida=2").text.count('scope="row"') == 1


class TestOnePerson:
    @pytest.fixture
    def eva(self, client, sign_in, db):
        eva = holder(db, Role.DIRECTOR, area=Area.SKARABORG)
        sign_in(client, eva)
        return eva

    def test_a_pending_person_is_shown_and_confirmed(self, client, db, eva):
        anna = person(db, **RESIDENT, standing=Standing.PENDING, given_name="Anna", family_name="Stenberg")
        page = client.get(f"/personer/{anna.id}").text
        assert "Granska och bekräfta" in page
        assert 'value="2030-09-01"' in client.get(f"/personer/{anna.id}/bekrafta").text

        answer = client.post(f"/personer/{anna.id}/bekrafta", data={**FACTS_SENT, "planned_end": "2031-01-01"})

        assert answer.location == f"/personer/{anna.id}"
        assert facts_of(anna) == {**RESIDENT, "planned_end": date(2031, 1, 1)}
        assert anna.standing == Standing.CONFIRMED
        assert deeds(db) == ["person.confirmed"]
        page = client.get(f"/personer/{anna.id}").text
        assert "Uppgifterna är bekräftade." in page
        assert "Rätta uppgifterna" in page

    def test_a_confirmation_that_is_refused_says_why_and_keeps_what_was_typed(self, client, db, eva):
        anna = person(db, **RESIDENT, standing=Standing.PENDING)
        moved = {**FACTS_SENT, "area": "fyrbodal", "leave_months": "17"}
        answer = client.post(f"/personer/{anna.id}/bekrafta", data=moved)

        assert answer.status_code == 409
        assert "Personen hör till ett annat delområde än ditt." in answer.text
        assert 'value="17"' in answer.text
        assert facts_of(anna) == RESIDENT
        assert anna.standing == Standing.PENDING

    def test_a_confirmation_must_have_a_category(self, client, db, eva):
        anna = person(db, **RESIDENT, standing=Standing.PENDING)
        answer = client.post(f"/personer/{anna.id}/bekrafta", data={**FACTS_SENT, "category": ""})

        assert answer.status_code == 400
        assert "Kategori: Det här behöver fyllas i." in answer.text

    def test_a_confirmation_that_somebody_else_has_made_is_said(self, client, db, eva):
        anna = person(db, **RESIDENT)
        answer = client.post(f"/personer/{anna.id}/bekrafta", data=FACTS_SENT)

        assert answer.status_code == 409
        assert "Uppgifterna är redan bekräftade." in answer.text

    def test_a_correction_is_made_with_a_reason(self, client, db, eva):
        anna = person(db, **RESIDENT)
        sent = {**FACTS_SENT, "leave_months": "8"}
        without = client.post(f"/personer/{anna.id}/ratta", data=sent)
        assert without.status_code == 400
        assert "Varför rättas uppgifterna: Det här behöver fyllas i." in without.text

        answer = client.post(f"/personer/{anna.id}/ratta", data={**sent, "reason": "Föräldraledig"})

        assert answer.location == f"/personer/{anna.id}"
        assert facts_of(anna)["leave_months"] == 8
        assert db.scalars(select(Entry.facts).where(Entry.deed == "person.corrected")).one()["reason"] == (
            "Föräldraledig"
        )

    def test_a_correction_of_what_was_never_confirmed_is_refused(self, client, db, eva):
        anna = person(db, **RESIDENT, standing=Standing.PENDING)
        answer = client.post(f"/personer/{anna.id}/ratta", data={**FACTS_SENT, "reason": "Fel"})

        assert answer.status_code == 409
        assert "Uppgifterna är inte bekräftade än." in answer.text

    def test_a_person_elsewhere_does_not_exist(self, client, db, eva):
        for stranger in (person(db, area=Area.FYRBODAL), person(db, **PENDING)):
            for page in ("", "/bekrafta", "/ratta"):
                assert client.get(f"/personer/{stranger.id}{page}").status_code == 404
            assert client.post(f"/personer/{stranger.id}/bekrafta", data=FACTS_SENT).status_code == 404

    @pytest.mark.parametrize("number", [0, 2_000_000_000, 99_999_999_999])
    def test_nobody_is_found_under_a_number_of_nobodys(self, client, eva, number):
        assert client.get(f"/personer/{number}").status_code == 404

    def test_nobody_confirms_or_corrects_oneself(self, client, db, sign_in):
        olle = person(db, **RESIDENT)
        db.add(Grant(person_id=olle.id, role=Role.COORDINATOR))
        sign_in(client, olle)
        page = client.get(f"/personer/{olle.id}").text
        assert "Du kan inte bekräfta eller rätta dina egna uppgifter." in page
        assert "/ratta" not in page

        answer = client.post(f"/personer/{olle.id}/ratta", data={**FACTS_SENT, "reason": "Fel"})

        assert answer.status_code == 409
        assert "Du kan inte bekräfta eller rätta dina egna uppgifter." in answer.text

    def test_the_roles_of_a_person_are_shown(self, client, db, eva):
        karin = holder(db, Role.LEADER)
        karin.area = Area.SKARABORG
        db.flush()

        assert "<li>kursledare</li>" in client.get(f"/personer/{karin.id}").text


class TestCost:
    """What a page costs: one statement for the visitor, and the same number for few and for many rows."""

    @pytest.fixture
    def cost(self, client, sign_in, queries):
        def of(path: str, someone: Person) -> int:
            sign_in(client, someone)
            queries.reset()
            client.get(path)
            return queries.count

        return of

    @pytest.mark.parametrize(("path", "statements"), [("/om", 1), ("/logga-in", 1), ("/profil", 8)])
    def test_the_visitor_costs_one_statement(self, cost, db, path, statements):
        assert cost(path, person(db)) == statements

    @pytest.mark.parametrize("path", ["/om", "/logga-in", "/utloggad", "/profil"])
    def test_an_unknown_visitor_costs_nothing(self, client, queries, path):
        client.get(path)

        assert queries.count == 0

    @pytest.mark.parametrize("many", [1, 30])
    def test_the_list_of_people_costs_three(self, cost, db, many):
        for _ in range(many):
            person(db, area=Area.GOTEBORG)

        assert cost("/personer", holder(db, Role.DIRECTOR)) == 3

    def test_one_person_costs_four(self, cost, db):
        assert cost(f"/personer/{person(db).id}", coordinator(db)) == 4

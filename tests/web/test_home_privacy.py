"""What a browser may keep."""

import make


def test_a_page_for_somebody_is_not_kept_by_the_browser(db, client, sign_in):
    sign_in(client, make.person(db))

    assert client.get("/mina-kurser").headers["Cache-Control"] == "private, no-store"


def test_a_page_for_everybody_may_be_kept(client):
    assert "Cache-Control" not in client.get("/tillganglighet").headers

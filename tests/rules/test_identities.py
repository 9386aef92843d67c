import pytest

from auth import rules


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("SE2321000131-P000000000001", "SE2321000131-P000000000001"),
        (" se2321000131-p01 ", "SE2321000131-P01"),
        ("SE2321000131-" + "X" * 18, "SE2321000131-" + "X" * 18),
        ("SE2321000131-" + "X" * 19, None),
        ("SE2321000131-", None),
        ("SE232100013-P01", None),
        ("NO2321000131-P01", None),
        ("SE2321000131-P_1", None),
        ("SE2321000131-Å1", None),
        ("SE2321000131-P1\nSE", None),
        ("", None),
    ],
)
def test_an_hsa_id_has_an_organisation_and_who_it_is_there(said, kept):
    assert rules.hsa_id(said) == kept

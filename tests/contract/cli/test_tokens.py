"""``trialog token`` over both databases."""

from tests.contract.cli.desk import Desk

KEYS = ["token_id", "name", "scope", "state", "created_at", "expires_at", "revoked_at"]


def test_a_token_is_shown_once(desk: Desk) -> None:
    """By its making, which makes a ledger where there is none; the list has all of it but the secret."""
    (made,) = desk.objects("token", "create", "ci", "--scope", "write", "--expires", "90d")
    assert [*KEYS, "secret"] == list(made)
    (listed,) = desk.objects("token", "list")
    assert {**listed, "secret": made["secret"]} == made
    assert ("write", "valid") == (listed["scope"], listed["state"])
    assert [] == desk.occurrences(made["secret"])
    shown = desk.done("token", "create", "me", "--scope", "admin")
    assert shown.startswith("trialog_")
    assert "shown this once. It may admin until it is revoked." in shown
    assert shown.split()[0] not in desk.done("token", "list")


def test_a_token_is_revoked_by_its_name(desk: Desk) -> None:
    """What there is not is told with what there is; the name may be given again."""
    desk.done("token", "create", "ci", "--scope", "read")
    taken = desk.told("token", "create", "ci", "--scope", "read")
    assert (1, True) == (taken.status, "trialog token revoke ci" in taken.err)
    assert "did you mean ci?" in desk.told("token", "revoke", "cii").err
    assert "Revoked the token ci" in desk.done("token", "revoke", "ci")
    assert (1, True) == ((again := desk.told("token", "revoke", "ci")).status, "was revoked before" in again.err)
    desk.later(minutes=1)
    desk.done("token", "create", "ci", "--scope", "read", "--expires", "12h")
    desk.later(hours=12)
    assert ["revoked", "expired"] == [one["state"] for one in desk.objects("token", "list")]


def test_what_is_wrongly_asked_is_told(desk: Desk) -> None:
    """A scope, a length of time or a command that there is not, with what is expected."""
    wrong = {
        "create ci --scope all": "expected one of read, write, admin",
        "create ci --scope read --expires soon": "expected one such as 90d or 12h",
        "create ci --scope read --expires 0d": "expected at least 1h",
        "create CI --scope read": "did you mean ci?",
        "create ci": "--scope",
        "lst": "list",
    }
    for words, sentence in wrong.items():
        answer = desk.told("token", *words.split())
        assert (2, b"", True) == (answer.status, answer.out, sentence in answer.err), answer.err

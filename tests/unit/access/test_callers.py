"""Scopes, and what callers may."""

from itertools import product

from tracker.access.callers import Caller, CallerKind, Scope

READ, WRITE, ADMIN = Scope


def test_scopes_are_compared_by_what_they_include() -> None:
    """Read is less than write is less than admin, though the letters say otherwise."""
    assert [READ, WRITE, ADMIN] == sorted([ADMIN, WRITE, READ])
    for rank, other in product(range(3), repeat=2):
        one, two = list(Scope)[rank], list(Scope)[other]
        expected = (rank < other, rank <= other, rank > other, rank >= other)
        assert expected == (one < two, one <= two, one > two, one >= two)
        assert (rank >= other) == one.includes(two)


def test_a_caller_reaches_what_the_scope_includes() -> None:
    """And is counted with all that comes of the same token, where there is one."""
    caller = Caller(name="ci", scope=WRITE, key="k", token_id="t")
    assert [True, True, False] == [caller.reaches(wanted) for wanted in Scope]
    alone = Caller(name="ci", scope=WRITE, key="k", kind=CallerKind.SESSION)
    assert ("t", "k") == (caller.limited_as, alone.limited_as)

"""What of a person's address is taken, refused, noted and shown."""

import pytest

from notifiers.addresses import parse_networks
from notifiers.errors import Forbidden, InvalidInput, Unresolved
from notifiers.guard import Guard
from notifiers.masks import mask
from notifiers.parsing import Address, Channel, parse_address

NAMES = {
    "hooks.example.org": ("93.184.215.14",),
    "inside.example.org": ("10.0.0.5",),
    "mixed.example.org": ("93.184.215.14", "127.0.0.1"),
    "localhost": ("127.0.0.1", "::1"),
}


def resolve(host: str, timeout_s: float) -> tuple[str, ...]:
    """The names above, and no others."""
    if host not in NAMES:
        raise Unresolved("the host does not resolve")
    return NAMES[host]


def parsed(text: str, *, allowed: str = "") -> Address:
    """``text`` as it is taken where ``allowed`` networks are open."""
    return parse_address(text, Guard(resolve=resolve, allow_networks=parse_networks(allowed)))


@pytest.mark.parametrize(
    ("text", "channel", "clear"),
    (
        ("mailto:Ada@Example.ORG", Channel.EMAIL, "mailto:Ada@example.org"),
        ("MAILTO:ada%2Btrials@example.org", Channel.EMAIL, "mailto:ada+trials@example.org"),
        ("mailto:ada%25@example.org", Channel.EMAIL, "mailto:ada%25@example.org"),
        ("mailto:jürgen@bücher.example", Channel.EMAIL, "mailto:jürgen@xn--bcher-kva.example"),
        ("https://Hooks.example.org", Channel.WEBHOOK, "https://hooks.example.org/"),
        ("HTTPS://hooks.example.org:443/a?b=c#d", Channel.WEBHOOK, "https://hooks.example.org/a?b=c"),
        ("https://hooks.example.org:8443/ü", Channel.WEBHOOK, "https://hooks.example.org:8443/%C3%BC"),
        ("https://hooks.example.org/a%2Fb/;c=@d", Channel.WEBHOOK, "https://hooks.example.org/a%2Fb/;c=@d"),
        ("https://134744072/", Channel.WEBHOOK, "https://8.8.8.8/"),
        ("https://[2606:4700:0:0::1111]/", Channel.WEBHOOK, "https://[2606:4700::1111]/"),
        ("apprise:discord://4174216298/JHMHI8qBe7bk2ZwO", Channel.APPRISE, None),
    ),
)
def test_an_address_is_taken_in_one_spelling(text: str, channel: Channel, clear: str | None) -> None:
    """The channel is told, and equal addresses have equal texts, which are taken again as they are."""
    found = parsed(text)
    assert (channel, clear or text, None) == (found.channel, found.clear, found.note)
    assert found == parsed(found.clear)


@pytest.mark.parametrize(
    ("text", "word"),
    (
        ("ada@example.org", "did you mean mailto:ada@example.org"),
        ("ftp://example.org", "no scheme that is known"),
        ("", "no scheme that is known"),
        ("mailto:", "without a recipient"),
        ("mailto:example.org", "without a recipient"),
        ("mailto://ada@example.org", "without a recipient"),
        ("mailto:a@example.org,b@example.org", "several recipients"),
        ("mailto:a@example.org;b@example.org", "several recipients"),
        ("mailto:a@example.org%2Cb@example.org", "several recipients"),
        ("mailto:a@example.org?bcc=b@example.org", "headers"),
        ("mailto:a@example.org?", "headers"),
        ("mailto:a%0D%0ABcc:b@example.org", "cannot be used"),
        ("mailto:a%00@example.org", "cannot be used"),
        ("mailto:a%E2%80%AE@example.org", "cannot be used"),
        ("mailto:a%20b@example.org", "cannot be used"),
        ("mailto:a%FF@example.org", "UTF-8"),
        ('mailto:"a"@example.org', "cannot be used"),
        ("mailto:a..b@example.org", "cannot be used"),
        ("mailto:a@[127.0.0.1]", "no host"),
        ("mailto:a@127.0.0.1", "IP address"),
        ("mailto:" + "a" * 65 + "@example.org", "longer"),
        ("https://hooks.example.org/\r\nX: y", "control"),
        ("https://hooks.example.org/\x00", "control"),
        ("https://hooks.example.org/\u202e", "control"),
        (" https://hooks.example.org/", "blanks"),
        ("https://ada@hooks.example.org/", "user or password"),
        ("https://ada:secret@hooks.example.org/", "user or password"),
        ("https://@hooks.example.org/", "user or password"),
        ("https:///path", "without a host"),
        ("https://hooks.example.org\\@127.0.0.1/", "backslash"),
        ("https://hooks.example.org:99999/", "no URL"),
        ("https://hooks.example.org:0/", "no URL"),
        ("https://[::1/", "no URL"),
        ("https://[fe80::1%25eth0]/", "zone"),
        ("http://hooks.example.org/", "http://"),
        ("apprise:nosuch://x", "does not know"),
        ("apprise:https://hooks.example.org/x", "of the web"),
    ),
)
def test_what_could_never_be_delivered_is_refused(text: str, word: str) -> None:
    """Each kind of impossible address is refused with its own reason."""
    with pytest.raises(InvalidInput, match=word):
        parsed(text)


@pytest.mark.parametrize(
    "text",
    (
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://0177.0.0.1/",
        "https://\uff11\uff12\uff17.0.0.1/",
        "https://localhost/",
        "https://localhost./",
        "https://inside.example.org/",
        "https://mixed.example.org/",
        "https://[::ffff:127.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[2002:7f00:1::]/",
        "https://169.254.169.254/latest/meta-data/",
        "apprise:jsons://localhost/x",
        "apprise:json://2130706433/x",
        "apprise:gotify://inside.example.org/token",
        "apprise:mailto://user:secret@hooks.example.org?smtp=10.0.0.1",
    ),
)
def test_a_forbidden_host_is_refused_at_once(text: str) -> None:
    """A host that is, or resolves to, a special address is refused, in any notation and channel."""
    with pytest.raises(Forbidden):
        parsed(text)


def test_allowed_networks_are_open() -> None:
    """Inside the allowed networks plain HTTP is taken, outside it is not."""
    assert "http://inside.example.org/" == parsed("http://inside.example.org", allowed="10.0.0.0/8").clear
    with pytest.raises(Forbidden, match="http://"):
        parsed("http://hooks.example.org", allowed="10.0.0.0/8")


@pytest.mark.parametrize("text", ("https://later.example.org/", "apprise:jsons://later.example.org/x"))
def test_a_name_that_does_not_resolve_now_is_taken_with_a_note(text: str) -> None:
    """Nobody can say yet where it leads, so the person is told and the deliveries will see."""
    assert "later.example.org: the host does not resolve" in (parsed(text).note or "")


def test_an_endpoint_is_shared_by_spellings_and_gives_nothing_away() -> None:
    """Equal URLs are one endpoint, others another, all mail is one; no key shows the URL."""
    first, second = parsed("https://hooks.example.org/secret"), parsed("https://HOOKS.example.org:443/secret")
    assert first.endpoint == second.endpoint != parsed("https://hooks.example.org/other").endpoint
    assert "hooks" not in first.endpoint
    assert "email" == parsed("mailto:a@example.org").endpoint == parsed("mailto:b@example.net").endpoint


def test_no_error_repeats_a_secret() -> None:
    """A refusal does not show the path, the user or the password of what was given."""
    for text in ("https://ada:hunter2@hooks.example.org/", "https://localhost/hunter2", "apprise:nosuch://hunter2"):
        with pytest.raises(InvalidInput) as caught:
            parsed(text)
        assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("address", "shown"),
    (
        ("mailto:someone@example.org", "s***@example.org"),
        ("https://hooks.example.org/services/T0/B0/x?y=z", "https://hooks.example.org/***"),
        ("https://hooks.example.org:8443/", "https://hooks.example.org:8443/***"),
        ("apprise:discord://4174216298/JHMHI8qBe7bk", "apprise:discord://***"),
        ("apprise:mailto://user:secret@example.org", "apprise:mailto://***"),
        ("apprise:nothing", "***"),
        ("mailto:nobody", "***"),
        ("https://user:secret@example.org/", "***"),
        ("https://[::1/", "***"),
        ("", "***"),
    ),
)
def test_a_mask_shows_too_little_to_use(address: str, shown: str) -> None:
    """A mask tells one's own address from another, and has no local part, path, token or password."""
    assert shown == mask(address)

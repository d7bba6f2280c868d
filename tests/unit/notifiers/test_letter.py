"""Mail as bytes: what stands in its headers, and what never does."""

from datetime import UTC, datetime, timedelta, timezone
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP, default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifiers.errors import InvalidInput
from notifiers.letter import Sender, compose, read_sender
from notifiers.mail_headers import header_text
from notifiers.notifier import Message

SENDER = read_sender("trialog <alerts@example.org>")
HEADERS = ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"]
TEXT = "Überall: RECRUITING → UNKNOWN\nhttps://clinicaltrials.gov/study/NCT03460795?tab=history\n"
HTML = "<p>Überall: RECRUITING → UNKNOWN</p>"


def message(**changed: object) -> Message:
    """A message to Ada, with some of it changed."""
    parts: dict[str, object] = {
        "delivery_id": "dlv_01J5",
        "address": "mailto:ada@example.org",
        "subject": "NCT03460795 is UNKNOWN",
        "text": TEXT,
        "html": HTML,
        "sent_at": datetime(2026, 8, 14, 12, 30, 15, 987_654, tzinfo=UTC),
    }
    return Message(**(parts | changed))  # type: ignore[arg-type] # parts by name


def parsed(raw: bytes) -> EmailMessage:
    """A mail as the standard library reads it."""
    mail: EmailMessage = BytesParser(_class=EmailMessage, policy=default).parsebytes(raw)
    return mail


def header_names(raw: bytes) -> list[str]:
    """The names of the top headers, in order, read as a mail program does: by lines."""
    head = raw.partition(b"\r\n\r\n")[0].decode("ascii")
    return [line.partition(":")[0] for line in head.split("\r\n") if not line.startswith((" ", "\t"))]


def test_a_letter_says_who_when_and_that_a_machine_wrote_it() -> None:
    """The headers of an automatic mail are there, with the delivery's id as Message-ID."""
    mail = parsed(compose(message(), SENDER).raw)
    assert ("trialog <alerts@example.org>", "ada@example.org") == (mail["From"], mail["To"])
    assert ("<dlv_01J5@example.org>", "auto-generated") == (mail["Message-ID"], mail["Auto-Submitted"])
    assert datetime(2026, 8, 14, 12, 30, 15, tzinfo=UTC) == mail["Date"].datetime
    assert [] == [defect for value in mail.values() for defect in value.defects]


def test_text_and_html_come_whole() -> None:
    """Both alternatives are read back as they were, the text first."""
    mail = parsed(compose(message(), SENDER).raw)
    assert ["text/plain", "text/html"] == [part.get_content_type() for part in mail.iter_parts()]
    parts = [part.get_content() for part in mail.iter_parts() if isinstance(part, EmailMessage)]
    assert [TEXT.splitlines(), [HTML]] == [part.splitlines() for part in parts]


def test_a_letter_without_html_is_plain() -> None:
    """Nothing is wrapped where there is one part."""
    mail = parsed(compose(message(html=""), SENDER).raw)
    assert ("text/plain", TEXT.splitlines()) == (mail.get_content_type(), mail.get_content().splitlines())


def test_the_same_message_is_the_same_bytes() -> None:
    """A retry sends what the first attempt sent."""
    assert compose(message(), SENDER).raw == compose(message(), SENDER).raw


def test_one_click_ends_a_subscription() -> None:
    """With a URL both headers of RFC 8058 are there, the URL whole on one line; without one, neither."""
    url = f"https://trialog.example.org/unsubscribe/{'x' * 200}.{'y' * 43}"
    raw = compose(message(unsubscribe_url=url), SENDER).raw
    assert f"\r\nList-Unsubscribe: <{url}>\r\n".encode() in raw
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw
    assert b"List-Unsubscribe" not in compose(message(), SENDER).raw


@pytest.mark.parametrize(
    "url", ("mailto:a@b", "https://a/>\r\nBcc: x", "https://a/ b", "https://a/é", "https://a/" + "x" * 990)
)
def test_an_unsubscribe_url_that_cannot_stand_in_a_header_is_refused(url: str) -> None:
    """A URL that would break the header is an error."""
    with pytest.raises(InvalidInput, match="unsubscribe URL"):
        compose(message(unsubscribe_url=url), SENDER)


def test_a_thread_and_a_list_have_identifiers_of_the_sender() -> None:
    """Mail of one thread names one reference, and the list's id lies in the sender's domain, whatever it was."""
    mail = parsed(compose(message(thread_id="ctgov:NCT03460795", list_id="stale\r\nX: y"), SENDER).raw)
    thread = "<thread-ctgov-NCT03460795@example.org>"
    assert (thread, thread) == (mail["References"], mail["In-Reply-To"])
    assert "<stale--X--y.example.org>" == mail["List-Id"]


INJECTIONS = (
    "=?utf-8?q?=0D=0ABcc:eve@example.net?=",
    "=?utf-8?q?a?= =?utf-8?q?=0D=0ABcc:eve@example.net?=",
    "A =?utf-8?b?DQpCY2M6ZXZlQGV4YW1wbGUubmV0?= B",
    "=?utf-8?q?=0D=0A=0D=0Abody?=",
    "==??utf-8?q?=0D=0ABcc:eve@example.net?=",
    "=?=?utf-8?q?=0D=0ABcc:eve@example.net?=",
    "=\u200b?utf-8?q?=0D=0ABcc:eve@example.net?=",
    "=\r\n?utf-8?q?=0D=0ABcc:eve@example.net?=",
    "a\r\nBcc: eve@example.net",
    "a\nBcc: eve@example.net",
    "a\rBcc: eve@example.net",
    "a\x85Bcc: eve@example.net",
    "a\u2028Bcc: eve@example.net",
    "a\x00\x1b[31mb",
    "evil\u202etxt.exe",
    "\u2066isolate\u2069",
    "lone \ud800 surrogate",
    "ü" * 300 + "=?utf-8?q?=0D=0ABcc:eve@example.net?=",
)


@pytest.mark.parametrize("subject", INJECTIONS)
def test_no_record_writes_a_header(subject: str) -> None:
    """Line ends, controls, bidirectional marks and encoded words in a title make no header."""
    raw = compose(message(subject=subject), SENDER).raw
    assert HEADERS == header_names(raw)
    again = parsed(raw).as_bytes(policy=SMTP)  # as a program that reads it and passes it on
    for mail in (parsed(raw), parsed(again)):
        assert ["ada@example.org"] == mail.get_all("To")
        assert mail["Bcc"] is None
        assert header_text(subject) == mail["Subject"]
        assert str(mail["Subject"]).isprintable()


@given(st.text(max_size=300), st.text(max_size=60))
def test_whatever_stands_in_a_title_is_a_subject_and_nothing_else(subject: str, name: str) -> None:
    """Any text makes the same headers, and is read back as it was cleaned."""
    raw = compose(message(subject=subject, thread_id=name, html=""), SENDER).raw
    names = [line for line in header_names(raw) if line not in ("References", "In-Reply-To")]
    assert sorted([*HEADERS, "Content-Transfer-Encoding"]) == sorted(names)
    assert header_text(subject) == parsed(raw)["Subject"]


@given(
    st.lists(
        st.sampled_from(("=?utf-8?q?", "=0D=0A", "?=", "=", "?", " ", "é", "Bcc: e@example.net", "\u202e", "\r\n"))
    )
)
def test_no_pile_of_encoded_words_is_one(pieces: list[str]) -> None:
    """However encoded words are cut, nested and doubled, none is left."""
    raw = compose(message(subject="".join(pieces)), SENDER).raw
    assert HEADERS == header_names(raw)
    assert "=?" not in header_text("".join(pieces))
    assert "\n" not in str(parsed(raw)["Subject"])


@given(
    st.lists(
        st.sampled_from(("=?utf-8?q?", "= ?utf-8?q?", "=0D=0ABcc:e@example.net", "?=", "? =", "=", "?", " ", "a" * 70))
    )
)
def test_no_folding_makes_an_encoded_word(pieces: list[str]) -> None:
    """A header is folded at blanks, which some readers take away with the line ends: they find none either."""
    unfolded = "".join(header_text("".join(pieces)).split())
    assert "=?" not in unfolded
    assert "?=" not in unfolded


def test_a_folded_subject_has_no_encoded_word_for_a_sloppy_reader() -> None:
    """One that stands where a line ends is broken by more than a blank."""
    raw = compose(message(subject=f"{'a' * 66} =?utf-8?q?=0D=0ABcc:eve@example.net?="), SENDER).raw
    subject = raw[raw.index(b"Subject:") : raw.index(b"\r\nDate:")]
    assert b"\r\n" in subject
    assert b"=?" not in subject.replace(b"\r\n ", b"")


@given(st.text(max_size=200))
def test_bodies_of_any_text_can_be_written(text: str) -> None:
    """No text stops a letter: what cannot be encoded is replaced."""
    mail = parsed(compose(message(text=text, html=f"<p>{text}</p>"), SENDER).raw)
    assert 2 == len(list(mail.iter_parts()))


def test_a_long_subject_is_cut() -> None:
    """A title of thousands of letters is no subject of thousands."""
    assert 400 == len(header_text("x" * 5000))


def test_an_address_with_other_letters_asks_for_utf8() -> None:
    """A local part outside ASCII stands in the header as it is, and the letter says what it needs."""
    letter = compose(message(address="mailto:jürgen@xn--bcher-kva.example"), SENDER)
    assert letter.needs_utf8
    assert "\r\nTo: jürgen@xn--bcher-kva.example\r\n".encode() in letter.raw
    assert not compose(message(), SENDER).needs_utf8


@pytest.mark.parametrize(
    "sender",
    (
        "",
        "nobody",
        "a@example.org\r\nBcc: b@example.org",
        "a@",
        "ä@example.org",
        "a@example.org, b@example.org",
        "a@example.org;b@example.org",
        "trialog <a@example.org>, b@example.org",
        "a@example.org <b@example.org>",
        "us: a@example.org, b@example.org;",
        "a@[127.0.0.1]",
    ),
)
def test_what_is_no_sender_is_refused(sender: str) -> None:
    """A sender is one address, with a name or without, and is spoken of as such."""
    with pytest.raises(InvalidInput, match=r"^expected one sender, such as alerts@example\.org or trialog <alerts@"):
        read_sender(sender)


@pytest.mark.parametrize(
    ("text", "name"),
    (
        ("alerts@example.org", ""),
        ("trialog <alerts@example.org>", "trialog"),
        ('"Trials, Inc." <alerts@example.org>', "Trials, Inc."),
    ),
)
def test_a_sender_is_read_with_its_name(text: str, name: str) -> None:
    """A comma inside quotes belongs to the name."""
    assert Sender(name=name, address="alerts@example.org") == read_sender(text)


def test_an_instant_of_another_zone_keeps_it() -> None:
    """The date is the instant, in the zone that it was given in."""
    sent_at = datetime(2026, 8, 14, 14, 30, tzinfo=timezone(timedelta(hours=2)))
    assert b"\r\nDate: Fri, 14 Aug 2026 14:30:00 +0200\r\n" in compose(message(sent_at=sent_at), SENDER).raw


@pytest.mark.parametrize(
    "changed",
    ({"delivery_id": "a b"}, {"delivery_id": ""}, {"delivery_id": "a\n"}, {"sent_at": datetime(2026, 1, 1)}),  # noqa: DTZ001
)
def test_a_message_has_a_plain_id_and_an_aware_instant(changed: dict[str, object]) -> None:
    """An id with other characters, or an instant without a zone, is an error of the caller."""
    with pytest.raises(InvalidInput):
        message(**changed)


def test_a_message_shown_in_a_log_holds_no_secret() -> None:
    """The repr has neither the address nor secrets nor bodies."""
    shown = repr(message(secrets=("whsec_x",), body=b"body"))
    assert not [word for word in ("ada@", "whsec_", "Überall", "body") if word in shown.replace("body=", "")]

"""Text from elsewhere as every database takes it.

It promises that nothing is lost of what it can keep. It does not know where the text came from.
"""


def plain_text(text: str) -> str:
    """The text with NUL and lone surrogates, which no database takes, as escapes."""
    return text.replace("\0", "\\x00").encode("utf-8", "backslashreplace").decode()

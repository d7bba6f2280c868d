"""Finds where a JSON value ends while its bytes are still arriving.

It promises to look at each byte once, whatever the pieces. It counts brackets and skips strings, and does
not know whether what lies between is valid.
"""

import re

_OUTSIDE = re.compile(rb'(?:[^"{}\[\]]++|"(?:[^"\\]++|\\.)*+")*+', re.DOTALL)
_INSIDE = re.compile(rb'(?:[^"\\]++|\\.)*+', re.DOTALL)
_SCALAR = re.compile(rb"[^,\]}\s]*+")
_QUOTE, _OPEN, _CLOSE = ord('"'), b"{[", b"}]"


class ValueScanner:
    """Goes through the value that begins where ``data`` begins.

    ``position`` is the first byte not looked at yet, and where ``is_done``, the end of the value. Whoever
    drops bytes from ``data`` sets it back. ``depth`` is how many containers are open; it may begin inside of some.
    """

    def __init__(self, data: bytearray, *, depth: int = 0) -> None:
        self._in_string = depth == 0 and data.startswith(b'"')
        self.position = int(self._in_string)
        self.is_done = False
        self.depth = depth
        self._is_scalar = depth == 0 and not data.startswith((b"{", b"[", b'"'))
        self.go_on(data)

    def go_on(self, data: bytearray) -> None:
        """Look at what has arrived in ``data`` since."""
        if self._is_scalar:
            match = _SCALAR.match(data, self.position)
            self.position = match.end() if match else self.position
            self.is_done = self.position < len(data)
            return
        while not self.is_done and self._step(data):
            pass

    def _step(self, data: bytearray) -> bool:
        """Go past the next bracket or quote that matters; False where it has not arrived yet."""
        match = (_INSIDE if self._in_string else _OUTSIDE).match(data, self.position)
        self.position = match.end() if match else self.position
        if self.position == len(data):
            return False
        byte = data[self.position]
        if byte == _QUOTE:
            self._in_string = not self._in_string
            self.is_done = not self._in_string and self.depth == 0
        elif byte in _OPEN and not self._in_string:
            self.depth += 1
        elif byte in _CLOSE and not self._in_string:
            self.depth -= 1
            self.is_done = self.depth <= 0
        else:
            return False  # a backslash whose other half has not arrived
        self.position += 1
        return True

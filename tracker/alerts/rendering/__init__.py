"""Rendering: from a message's content to a subject, a text, an HTML page and a webhook's body. Pure."""

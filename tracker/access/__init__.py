"""Who may look and act: tokens, sessions, one-time links, keys of feeds, and the proof that a form is our own."""

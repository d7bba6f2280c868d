"""Who may do what: tokens, sessions, keys of feeds, and the callers that they stand for."""

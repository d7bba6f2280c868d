"""From the outbox to the notifiers and back: what is due is sent, and what came of it is settled."""

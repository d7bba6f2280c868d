"""Alerts: from the ledger and the clock to messages in the outbox."""

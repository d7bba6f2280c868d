"""Use cases that change the ledger or check it: importing, verifying, rebuilding."""

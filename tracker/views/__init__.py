"""What can be dropped and replayed from the ledger: tables made for questions, and the questions."""

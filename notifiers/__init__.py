"""Turns a message into an outcome, by email or webhook; knows no database and no trial."""

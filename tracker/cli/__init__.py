"""The front door for people and programs at a terminal: starts the others, decides nothing about trials."""

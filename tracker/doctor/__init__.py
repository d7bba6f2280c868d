"""Whether trialog can work here: what the settings say, and what answers when it is tried."""

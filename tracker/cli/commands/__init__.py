"""One module per command, each holding ``command``; what is heavy is imported inside."""

"""trialog: the change ledger of clinical-trial registries, from a registry's record to a person's inbox."""

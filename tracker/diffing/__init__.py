"""From two records to the changes between them: canonical form, list identity, differences, their meaning."""

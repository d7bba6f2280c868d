"""Adapters of the registries: files, API v2 study JSON and page texts become observations or refusals."""

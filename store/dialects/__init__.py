"""The databases the store runs on: one module each, all behind `store.dialect.Dialect`."""

"""Words and rules of clinical trials: no storage, no network, nothing but the standard library."""

"""The terminal: a fast start, few bytes to it, and its state given back whatever happens."""

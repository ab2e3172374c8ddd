"""Public front pages: choose a community, its page, the way to each service."""

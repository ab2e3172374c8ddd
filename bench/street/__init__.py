"""A street of its own to measure and to break: a whole site in a fresh directory, and residents who report to it."""

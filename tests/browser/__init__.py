"""The real path in a real browser: every page looked at, at 390 and 1440 px, by people of the town."""

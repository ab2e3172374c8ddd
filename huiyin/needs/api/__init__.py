"""Doors for programs: the API, Open311, calendars."""

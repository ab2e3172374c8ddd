"""Runs our own PostgreSQL (`cluster`) and our processes (`supervise`). No Django, nothing else of Huiyin."""

"""Invented counties for demonstration, tests and measurements."""

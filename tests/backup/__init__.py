"""Backups that are restored, and backups that must not be."""

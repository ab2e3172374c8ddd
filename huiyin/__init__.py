"""Huiyin 回音: every matter gets an answer, every promise is kept."""

__version__ = "0.1.0"

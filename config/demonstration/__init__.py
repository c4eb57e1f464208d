"""Invented people and cases that show every screen of the system with something on it."""

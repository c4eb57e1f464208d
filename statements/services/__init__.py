"""The way of a statement: each use case locks the case and leaves its mark in the history."""

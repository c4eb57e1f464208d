"""Whatever changes a case goes through here: one use case, one transaction, one locked row."""

"""Invented cases in any number, for demonstrations and for measuring: `make_cases`.

`words` makes texts, `course` walks one case through the procedure in memory, `ledger` keeps its
deadlines by the rule sets, `writing` seals the rows and copies them into the database.
"""

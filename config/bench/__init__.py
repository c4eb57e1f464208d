"""Measuring what pages cost, beside what a bare program needs for the same work: `script/bench`.

`databases` makes and keeps the cases, `servers` starts the product and the floor, `timing` asks
both in turn, `desk` names the pages and their bars. What came of it: docs/performance.md.
"""

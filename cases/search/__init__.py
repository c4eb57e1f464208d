"""The search of the office: what is in it, how it gets there, how it goes away.

`cases.models.SearchText` holds one row for each place of a case (its name, a party, an issue, a
message, a document with the words of its file …) and for each kind of reader:

- `case`: whoever sees the case in a list. Its title, its number, the names of disclosed parties.
- `ncp`: who reads the record: officers, auditors, members who declared no conflict. Names that
  are withheld from anybody are blotted out of these texts before they are kept.
- `named`: officers named on the case. Withheld names, reports of pressure, and the whole of a
  text that was blotted; sealed under the key of the case, its lexemes kept as keyed digests.

`SearchText.objects.visible_to(user)` is the only door.

Rows are derived from the case and from nothing else:

    index(case)     write what changed since the last time, remove what is gone
    missed(limit)   ids of cases whose history or files went on since they were indexed
    forget(case)    remove every text of a case, as erasure does
    renew(id, …)    let the clock index cases whose texts changed without an event

The worker calls `index` after each event, the clock calls it for what was missed, and
`script/manage reindex_cases` for all. Who makes cases in bulk need not write rows here: leave the
new cases to `reindex_cases`, or call `index_many(cases)`. A room that keeps texts of its own
yields them from `entries.of_case`; an app above this one hands them in by `entries.add_source`.

Meetings have their own rows (`meetings`), written by whatever changes a meeting.
"""

from cases.search.indexing import forget, index, index_many, missed, renew

__all__ = ["forget", "index", "index_many", "missed", "renew"]

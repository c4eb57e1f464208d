"""Letters of the NCP: the supplied wordings (one file for each kind, in three languages), what an
administrator put in their place, and drafts of them for a case.

A wording is plain text with fields in braces, `{reference}`. What may stand in braces depends on
who reads the letter (`wording.FIELDS`); every value comes from `disclosed(case, to=...)`, so that
a name that is withheld from the reader cannot enter. What an officer fills in before sending
stands in double brackets, `[[the new date]]`; a letter that still has them is not sent.
"""

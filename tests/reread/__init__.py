"""A reader of loaded texts: finds what they state, and holds it against the rows of the database.

It knows nothing of how texts are written. Facts are found by patterns and word lists of its own
(``words``, ``facts``), rows by SQL (``charts``), and each fact is judged (``verdicts``): true where
a row says the same, contradicted where one says otherwise, null where its cell is NULL, absent
where no row says anything. ``python -m tests.reread`` loads databases and reads them again.
"""

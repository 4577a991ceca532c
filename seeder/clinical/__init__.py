"""What is known about patients: conditions, drugs, laboratory tests, vital signs, population.

The knowledge is data (``data/``, small files meant to be read and corrected), loaded and checked by
``knowledge``. Nothing here draws a patient, knows a database or a clock.
"""

"""Free text: kinds of text, a grammar of slotted sentences, pools of them, and their filling.

Bodies hold words; facts are slots, filled from the row's clinical state. A pool of bodies is
compiled from the grammar's data files, or read from a file that something else has written.
"""

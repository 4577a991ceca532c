"""Words of names that change nothing about what a column holds."""

from __future__ import annotations

# Words that name nothing of their own in front of another: whose, which of several, of which kind.
NEUTRAL = frozenset(
    "patient person client subject primary secondary first last next second third previous prior "
    "current main principal other own original old new initial final actual own local external "
    "internal total average mean max min maximum minimum lowest highest measured estimated "
    "reported recorded observed expected general clinical medical health hospital facility unit "
    "icu ed admission admit discharge visit encounter order ordering ordered attending referring "
    "admitting responsible performing primary requesting receiving sending assigned default "
    "preferred official legal alternate alternative additional home work mobile office emergency "
    "contact guardian mother father spouse partner next kin subscriber policy holder provider "
    "doctor physician staff employee user body blood code coded source the of in at for to and by "
    "is has date time adult child mailing billing postal permanent temporary birth death "
    "national single double full short long standard normal reference range value result test lab "
    "laboratory drug medication dose insurance plan payer claim invoice bill item line detail "
    "specimen sample procedure diagnosis condition allergy vaccine image study series "
    "organization department ward room bed number approximate location address place country state "
    "city".split()
)

# Last words of a table's name that leave what its rows are to the word before them: a drug catalog.
_FILLING = frozenset(
    "item list catalog master record entry detail line event history order request result log code "
    "info data table dimension fact file reference type lookup index main all current archive "
    "registration registry profile demographic identifier statement header summary view number set "
    "group test component report".split()
)


def subject_of(words: tuple[str, ...]) -> str:
    """The word of a table's name that says what its rows are: its last that is no filling."""
    return next((w for w in reversed(words) if w not in _FILLING), words[-1])


# Words that only say that a column keeps what another held before, or as a source gave it.
_KEPT = frozenset("raw old orig original deprecated legacy former".split())


def plainly(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words without such a word at either end: raw_dx, medicine_old."""
    while len(words) > 1 and words[0] in _KEPT:
        words = words[1:]
    while len(words) > 1 and words[-1] in _KEPT:
        words = words[:-1]
    return words

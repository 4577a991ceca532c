"""What a code of ICD-10-CM says by its chapter alone."""

from __future__ import annotations

# Beside chapters O and P: pregnant state, supervision, antenatal screening, outcome of delivery,
# care after birth, weeks of gestation; and liveborn infants by place of birth.
_PREGNANCY = ("O", "Z33", "Z34", "Z36", "Z37", "Z39", "Z3A")
_NEWBORN = ("P", "Z38")


def is_pregnancy(code: str) -> bool:
    """Whether the code belongs to a mother: pregnancy, birth, and the weeks after it."""
    return code.startswith(_PREGNANCY)


def is_newborn(code: str) -> bool:
    """Whether the code belongs to the newborn itself."""
    return code.startswith(_NEWBORN)

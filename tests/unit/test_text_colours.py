"""Colours: every row has a body of each, whatever it may have and whatever is one to a reader."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from seeder.generate import stream
from seeder.text import colours, tags
from seeder.text.facts import Facts
from tests.helpers.stories import story

_FITS = st.integers(1, 6).flatmap(
    lambda groups: st.tuples(
        arrays.arrays(np.bool_, st.tuples(st.integers(1, 8), st.just(groups))),
        arrays.arrays(np.int64, st.integers(1, 40), elements=st.integers(0, groups - 1)),
        st.integers(1, 40),
    )
)


@given(_FITS)
@settings(max_examples=200, deadline=None)
def test_every_row_has_a_body_of_each_colour(
    given: tuple[colours.Bools, stream.Ints, int],
) -> None:
    fits, group, distinct = given
    same = np.arange(len(group), dtype=np.int64) % distinct
    colour, many = colours.dealt(fits, group, same)
    for row in fits:
        mine = np.flatnonzero(row[group])
        if len(mine):
            # What a row chooses among has one number of colours, and all of them.
            assert set(colour[mine].tolist()) == set(range(int(many[mine][0])))
            assert len(set(many[mine].tolist())) == 1
    for number in set(same.tolist()):
        alike = np.stack([colour, many])[:, same == number]
        assert (alike == alike[:, :1]).all()


def test_what_no_row_shares_has_its_own_number_of_colours() -> None:
    fits = np.array([[True, False], [False, True]])
    group = np.array([0] * 7 + [1] * 30)
    _, many = colours.dealt(fits, group, np.arange(37))
    assert many.tolist() == [7] * 7 + [30] * 30
    # One that reads alike joins them.
    same = np.arange(37)
    same[7] = same[0]
    _, many = colours.dealt(fits, group, same)
    assert set(many.tolist()) == {7}


def test_there_are_as_many_colours_as_the_row_with_the_fewest_bodies_has() -> None:
    """A row with all groups, others with some of them: no colour is wasted."""
    fits = np.array([[True, True, False], [True, False, True], [True, False, False]])
    group = np.array([0] * 20 + [1] * 9 + [2] * 4)
    colour, many = colours.dealt(fits, group, np.arange(33))
    assert set(many.tolist()) == {20}
    assert sorted(colour[:20].tolist()) == list(range(20))


def test_all_rows_are_reckoned_with() -> None:
    """No story has tags that are not among those of the rows that there can be."""
    facts = Facts(story(30_000), stream.key(0, "text"))
    for relevant in ((1 << len(tags.TAGS)) - 1, tags.bit("infant") | tags.bit("drug"), 0):
        known = colours.rows(relevant)
        assert np.isin(np.unique(facts.tags & relevant), known).all()
        assert not (known & ~relevant).any()

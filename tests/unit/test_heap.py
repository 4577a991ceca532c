"""What a batch leaves behind: rows and their stories hold one another, and must not pile up."""

from __future__ import annotations

import gc

from seeder.adapter import find_adapter
from seeder.generate.rows import Rows
from seeder.generate.world import build
from seeder.load import heap
from seeder.load.worker import encoded
from tests.property.hand_made import CLINIC, name, planned


def _alive() -> int:
    return sum(isinstance(each, Rows) for each in gc.get_objects())


def test_nothing_of_a_batch_is_left_when_the_next_begins() -> None:
    world = build(planned(CLINIC, 6_000))
    rows = world.populations[name("encounter")].rows
    adapter = find_adapter("postgresql:///nowhere")
    heap.tidy()
    before = _alive()
    gc.disable()  # nobody looks but the load itself
    try:
        chunks = list(encoded(world, adapter, name("encounter"), 0, rows, 256))
        assert _alive() <= before
    finally:
        gc.enable()
    assert sum(n for n, _ in chunks) == rows


def test_what_was_there_is_visited_again_afterwards() -> None:
    with heap.settled():
        assert gc.get_freeze_count() > 0
    assert gc.get_freeze_count() == 0

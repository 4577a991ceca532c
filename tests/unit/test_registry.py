"""Generator definitions: registering, finding, and refusing wrong parameters helpfully."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from seeder.errors import PlanError
from seeder.generate import registry
from seeder.generate.registry import Definition, Parameter, definition, definitions, generator

_NAME = "test.sample"


@pytest.fixture
def sample() -> Iterator[Definition]:
    known = dict(definitions())

    @generator(
        _NAME,
        "For these tests.",
        accepts="integer text",
        low=Parameter(int, 1, "the least value"),
        share=Parameter(float, 0.5, "a share"),
        label=Parameter(str, "x", "a word"),
        strict=Parameter(bool, False, "a switch"),
    )
    def make(call: registry.Call) -> object:
        return call.rows

    yield definition(_NAME)
    registry._definitions.clear()
    registry._definitions.update(known)


def test_a_definition_says_what_it_is(sample: Definition) -> None:
    assert sample.summary == "For these tests."
    assert sample.accepts == {"integer", "text"}
    assert sample.capacity is None


def test_defaults_are_filled_in(sample: Definition) -> None:
    expected = {"low": 1, "share": 0.5, "label": "x", "strict": False}
    assert sample.resolve({}) == expected
    assert sample.resolve({"low": 7, "share": 1}) == {**expected, "low": 7, "share": 1}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"lwo": 1}, "no parameter 'lwo'\n  hint: did you mean low?"),
        ({"zzz": 1}, "hint: known: label, low, share, strict"),
        ({"low": "1"}, "parameter low must be int, not '1'"),
        ({"low": 1.5}, "parameter low must be int, not 1.5"),
        ({"low": True}, "parameter low must be int, not True"),
        ({"share": True}, "parameter share must be float, not True"),
        ({"strict": 1}, "parameter strict must be bool, not 1"),
        ({"label": None}, "parameter label must be str, not None"),
    ],
)
def test_wrong_parameters_are_refused(
    sample: Definition, given: dict[str, object], words: str
) -> None:
    with pytest.raises(PlanError, match=re.escape(words)):
        sample.resolve(given)


def test_a_name_is_taken_once(sample: Definition) -> None:
    with pytest.raises(ValueError, match=f"{_NAME} is defined twice"):
        generator(_NAME, "again", accepts="text")(lambda call: call.rows)


def test_an_unknown_name_brings_the_nearest(sample: Definition) -> None:
    with pytest.raises(PlanError, match="did you mean test.sample"):
        definition("test.sampel")


def test_every_definition_is_complete() -> None:
    kinds = frozenset(
        "boolean integer decimal float text bytes date time timetz timestamp timestamptz interval "
        "uuid json inet cidr macaddr bit money xml tsvector range multirange geometric oid enum "
        "array composite ltree hstore other".split()
    )
    assert definitions()
    for name, found in definitions().items():
        assert found.name == name
        assert found.summary.strip(), name
        assert found.accepts, name
        assert found.accepts <= kinds, (name, found.accepts - kinds)
        for parameter in found.parameters.values():
            assert parameter.help.strip(), name
            assert parameter.default is None or isinstance(parameter.default, parameter.type), name
        assert found.resolve({}).keys() == found.parameters.keys()

"""The value path is the same everywhere: its source uses nothing that is not.

Transcendental functions differ in their last bit from one C library and one CPU to the next, sums
of products from one BLAS to the next, and NumPy promises its distributions for one build only.
Clocks, global generators, hashes, locales and the order of a set differ from run to run.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import seeder.clinical
import seeder.generate
import seeder.text

# Texts are written while rows are made; their pools are read before.
_ROOTS = tuple(
    Path(package.__path__[0]) for package in (seeder.generate, seeder.text, seeder.clinical)
)

_MODULES = frozenset({"random", "secrets", "time", "locale", "zoneinfo", "scipy"})

_FUNCTIONS = frozenset(
    """
    acos acosh arccos arccosh arcsin arcsinh arctan arctan2 arctanh asin asinh atan atan2 atanh
    cbrt convolve correlate corrcoef cos cosh cov dot einsum erf erfc exp exp2 expm1 fft float_power
    gamma histogram hypot inner interp lgamma linalg ln log log10 log1p log2 logaddexp logb matmul
    polyfit polyval pow power quantile percentile random random_ sin sinh tan tanh tensordot
    trapezoid vdot
    """.split()
)

_CLOCKS = frozenset({"now", "today", "utcnow", "localtime", "fromtimestamp", "urandom", "getenv"})
_GLOBAL = frozenset({"uuid1", "uuid4"})

_BUILTINS = frozenset({"hash", "id", "pow"})


def offences(source: str) -> Iterator[str]:
    """``line: what`` for each use of something that is not the same everywhere."""
    for node in _nodes(ast.parse(source)):
        for what in _offence(node):
            yield f"{getattr(node, 'lineno', 0)}: {what}"


def _nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes but those of ``__hash__``, which only caches and dictionaries call."""
    if not (isinstance(tree, ast.FunctionDef) and tree.name == "__hash__"):
        yield tree
        for child in ast.iter_child_nodes(tree):
            yield from _nodes(child)


def _offence(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Import(names=names):
            yield from (f"import {n.name}" for n in names if n.name.split(".")[0] in _MODULES)
        case ast.ImportFrom(module=str(module), names=names):
            if module.split(".")[0] in _MODULES:
                yield f"from {module} import"
            elif module.split(".")[0] != "seeder":
                yield from (f"import {n.name}" for n in names if n.name in _FUNCTIONS)
        case ast.Attribute(attr=name) if name in _FUNCTIONS | _CLOCKS | _GLOBAL:
            yield f".{name}"
        case ast.Call(func=ast.Name(id=name)) if name in _BUILTINS:
            yield f"{name}()"
        case ast.BinOp(op=ast.MatMult()):
            yield "@"
        case ast.BinOp(op=ast.Pow(), left=left, right=right):
            constant = isinstance(left, ast.Constant) and _whole(right)
            if not (_whole(left) or constant or ast.unparse(right) == "2"):
                yield "** of what may be floats"
        case ast.For(iter=over) | ast.comprehension(iter=over) if _is_set(over):
            yield "a loop in the order of a set"


def _whole(node: ast.expr) -> bool:
    """Whether it is surely a whole number."""
    match node:
        case ast.Constant(value=int()) | ast.Call(func=ast.Name(id="len" | "int")):
            return True
        case ast.UnaryOp(operand=operand):
            return _whole(operand)
    return False


def _is_set(node: ast.expr) -> bool:
    match node:
        case ast.Set() | ast.SetComp():
            return True
        case ast.Call(func=ast.Name(id="set" | "frozenset")):
            return True
    return False


@pytest.mark.parametrize(
    "path",
    sorted(p for root in _ROOTS for p in root.rglob("*.py")),
    ids=lambda path: str(path.relative_to(_ROOTS[0].parent)),
)
def test_the_value_path_is_the_same_everywhere(path: Path) -> None:
    assert list(offences(path.read_text())) == []


@pytest.mark.parametrize(
    "source",
    [
        "np.random.default_rng(1)",
        "from numpy import log",
        "np.log(x)",
        "np.exp(x)",
        "np.power(x, y)",
        "pow(x, y)",
        "x ** y",
        "x ** 0.5",
        "x ** 3",
        "np.sin(x)",
        "np.interp(x, a, b)",
        "np.dot(a, b)",
        "a @ b",
        "import time",
        "from time import time",
        "import random",
        "datetime.now()",
        "date.today()",
        "hash(x)",
        "uuid.uuid4()",
        "for x in {1, 2}: pass",
        "[x for x in set(y)]",
    ],
)
def test_the_rule_finds(source: str) -> None:
    assert list(offences(source))


@pytest.mark.parametrize(
    "source",
    [
        "10 ** scale",
        "len(letters) ** places",
        "2.0**-53",
        "x ** 2",
        "class T:\n def __hash__(self): return hash(self.name)",
        "uuid.UUID(text)",
        "np.sqrt(x) / 2 + x * y - 1",
        "from seeder.generate.time import days",
        "for x in sorted(set(y)): pass",
        "x in {1, 2}",
        "import datetime; datetime.date(2026, 1, 1)",
    ],
)
def test_the_rule_spares(source: str) -> None:
    assert not list(offences(source))

"""The only place that imports modAL, and what it needs to run on current libraries.

modAL-python 0.4.2.1 is the last release and predates two changes elsewhere:

- scikit-learn 1.8 dropped ``check_X_y(force_all_finite=…)`` for ``ensure_all_finite``, so ``teach``
  and ``fit`` raise TypeError (known to its authors, not mended);
- numpy 1.24 dropped ``numpy.float``, which an annotation in ``modAL.expected_error`` names.

Both are looked for by what is missing, never by a version number; where nothing is missing nothing
is done. scikit-learn and numpy themselves come out of here unchanged. The cure lives in one
process: every process that teaches a learner must have imported this module, and does so because
nobody imports modAL from anywhere else. ``modAL.dropout`` and ``modAL.cluster`` cannot be imported
on current libraries and are never touched.

Why modAL at all: its ActiveLearner and Committee are the objects of the loop, and its measures of
uncertainty and disagreement and its ranked batch are right and known. What is not taken from it:

- its multi-label strategies, which lost to random in every seed measured;
- its choosing of the best n, which draws from numpy's global state, fails an assertion where more
  is wanted than there is, and answers an unfitted model by equal scores (`pool.py` does this);
- its bootstraps, for the same global state. `numpy_seeded` is for whatever else may draw from it.
"""

import importlib
import inspect
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import numpy as np


class _NoTorch:
    """Hides torch from one thread's imports: modAL asks for it on the chance that it is there.

    Nothing here passes tensors, and without it a process is half a gigabyte smaller and begins
    seconds sooner. Other threads import it as ever, and so does this one afterwards.
    """

    def __init__(self) -> None:
        self._thread = threading.get_ident()

    def find_spec(self, name: str, _path: Any = None, _target: Any = None) -> None:
        if name == "torch" and threading.get_ident() == self._thread:
            raise ModuleNotFoundError("modAL does without torch here", name=name)


@contextmanager
def _without_torch() -> Iterator[None]:
    hidden: Any = _NoTorch()
    sys.meta_path.insert(0, hidden)
    try:
        yield
    finally:
        sys.meta_path.remove(hidden)


with _without_torch():
    import modAL.models.learners as _learners
    from modAL.batch import ranked_batch
    from modAL.disagreement import KL_max_disagreement, vote_entropy
    from modAL.models import ActiveLearner, Committee
    from modAL.uncertainty import classifier_entropy, classifier_margin, classifier_uncertainty

__all__ = [
    "ActiveLearner",
    "Committee",
    "KL_max_disagreement",
    "classifier_entropy",
    "classifier_margin",
    "classifier_uncertainty",
    "expected_error",
    "install",
    "numpy_seeded",
    "ranked_batch",
    "vote_entropy",
]


def _accepts_force_all_finite(check: Callable[..., Any]) -> bool:
    return "force_all_finite" in inspect.signature(check).parameters


def _with_force_all_finite(check: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap scikit-learn's check_X_y so that the argument's old name still works."""

    def check_X_y(X: Any, y: Any, *args: Any, force_all_finite: Any = True, **kwargs: Any) -> Any:  # noqa: N802, N803
        return check(X, y, *args, ensure_all_finite=force_all_finite, **kwargs)

    return check_X_y


def install() -> None:
    """Give modAL's learners a check_X_y they can call; harmless when called again."""
    if not _accepts_force_all_finite(_learners.check_X_y):
        _learners.check_X_y = _with_force_all_finite(_learners.check_X_y)


@contextmanager
def numpy_seeded(seed: int) -> Iterator[None]:
    """Seed numpy's global state, 0 <= seed < 2**32, and give the former state back afterwards."""
    before = np.random.get_state()
    np.random.seed(seed)
    try:
        yield
    finally:
        np.random.set_state(before)


def _import_expected_error() -> ModuleType:
    """Import modAL.expected_error; ``numpy.float`` exists only while that import runs."""
    missing = "float" not in vars(np)
    if missing:
        np.float = float  # type: ignore[attr-defined]
    try:
        with warnings.catch_warnings():
            # Two comparisons with `is` in that file warn at compile time.
            warnings.simplefilter("ignore", SyntaxWarning)
            return importlib.import_module("modAL.expected_error")
    finally:
        if missing:
            del np.float  # type: ignore[attr-defined]


install()
expected_error = _import_expected_error()

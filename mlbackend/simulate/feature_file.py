"""Feature files: NumPy archives (.npz) of vectors with their truth.

docs/simulate.md lists the keys.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from labeling.domain.errors import InvalidInput
from mlbackend.simulate.problem import NOT_ASKED, Ints
from mlbackend.simulate.table import Table

NEEDED = ("X", "y")
KEYS = (*NEEDED, "tubes", "sources", "split", "classes")
# Other names for tubes, as scikit-learn's users call them.
ALIASES = {"groups": "tubes"}
POOL_WORDS, TEST_WORDS = ("pool", "train"), ("test", "hold-out")

Array = NDArray[Any]


def read(path: Path) -> Table:
    """Read a file.

    Raises:
        InvalidInput: it is no such file, lacks a key, or its arrays do not fit each other; the
            message says which and what is expected.
    """
    arrays = _arrays(path)
    X = _features(arrays["X"])
    y = arrays["y"]
    for name in ("y", "tubes", "sources", "split"):
        if name in arrays and len(arrays[name]) != len(X):
            raise InvalidInput(
                f"{path.name}: '{name}' has {len(arrays[name])} entries for {len(X)} rows of X."
            )
    tubes = _names(arrays, "tubes", np.arange(len(X)))
    classes, Y = _several(y, arrays) if y.ndim == 2 else _one(y, arrays)
    return Table(
        name=path.name,
        kind="several" if y.ndim == 2 else "one",
        classes=classes,
        X=X,
        Y=Y,
        tubes=tubes,
        sources=_names(arrays, "sources", tubes),
        in_test=_in_test(arrays["split"]) if "split" in arrays else None,
        facts={"file_sha256": hashlib.sha256(path.read_bytes()).hexdigest()},
    )


def _arrays(path: Path) -> dict[str, Array]:
    try:
        stored = np.load(path, allow_pickle=False)
        if isinstance(stored, np.ndarray):
            raise InvalidInput(f"{path.name} holds one array; write X and y with np.savez.")
        with stored:
            found = {ALIASES.get(name, name): stored[name] for name in stored.files}
            twice = len(found) < len(stored.files)
    except OSError as error:
        raise InvalidInput(f"{path}: {error.strerror or 'it cannot be read'}.") from error
    except (BadZipFile, EOFError) as error:
        raise InvalidInput(
            f"{path.name} is no archive of NumPy's (.npz), or is cut off."
        ) from error
    except ValueError as error:
        raise InvalidInput(
            f"{path.name} cannot be read: {error} Store names as text: np.array(list_of_str)."
        ) from error
    _refuse_keys(path, set(found), twice)
    return found


def _refuse_keys(path: Path, found: set[str], twice: bool) -> None:
    known = f"it takes {', '.join(NEEDED)} and may have {', '.join(KEYS[2:])}"
    missing = [name for name in NEEDED if name not in found]
    if missing:
        raise InvalidInput(f"{path.name} lacks '{missing[0]}'; {known}.")
    unknown = sorted(found - set(KEYS))
    if unknown:
        raise InvalidInput(f"{path.name} has '{unknown[0]}', which means nothing here; {known}.")
    if twice:
        raise InvalidInput(f"{path.name} has both 'tubes' and 'groups'; they mean the same.")


def _features(X: Array) -> NDArray[np.float64]:
    if X.ndim != 2 or X.dtype.kind not in "fiub" or not X.shape[1]:
        raise InvalidInput(f"X is (rows, features) of numbers, got {X.dtype} {X.shape}.")
    if not len(X):
        raise InvalidInput("X has no rows.")
    X = X.astype(np.float64)
    if not np.isfinite(X).all():
        row, column = np.argwhere(~np.isfinite(X))[0]
        raise InvalidInput(f"X must be finite: row {row}, column {column} is {X[row, column]}.")
    return X


def _one(y: Array, arrays: dict[str, Array]) -> tuple[tuple[str, ...], Ints]:
    """Of one label a row: its name, or the place of it in `classes`."""
    if y.ndim != 1 or y.dtype.kind not in "iuUb":
        raise InvalidInput(
            "y has a whole number or a name a row, or for several labels at once a row of 1, 0 "
            f"and -1 (not asked) each; got {y.dtype} {y.shape}."
        )
    if "classes" not in arrays:
        names, places = np.unique(y, return_inverse=True)
        return tuple(str(name) for name in names), places.astype(np.int64)
    classes = tuple(str(name) for name in arrays["classes"])
    if y.dtype.kind == "U":
        unknown = sorted(set(y.tolist()) - set(classes))
        if unknown:
            raise InvalidInput(f"y names '{unknown[0]}', which is not among the classes.")
        return classes, np.array([classes.index(name) for name in y.tolist()], dtype=np.int64)
    if y.min() < 0 or y.max() >= len(classes):
        raise InvalidInput(f"y holds places in {len(classes)} classes, got {y.min()}..{y.max()}.")
    return classes, y.astype(np.int64)


def _several(y: Array, arrays: dict[str, Array]) -> tuple[tuple[str, ...], Ints]:
    """Of several labels at once: (N, C) of 1, 0 and -1."""
    if not np.isin(y, (NOT_ASKED, 0, 1)).all():
        raise InvalidInput("A y of several labels holds 1 (yes), 0 (no) and -1 (not asked) alone.")
    names = arrays.get("classes", np.arange(y.shape[1]))
    if len(names) != y.shape[1]:
        raise InvalidInput(f"'classes' names {len(names)} labels, y has {y.shape[1]}.")
    return tuple(str(name) for name in names), y.astype(np.int64)


def _names(arrays: dict[str, Array], key: str, otherwise: Array) -> NDArray[np.str_]:
    names = arrays.get(key, otherwise)
    if names.ndim != 1 or names.dtype.kind not in "iuU":
        raise InvalidInput(f"'{key}' has a name or number a row, got {names.dtype} {names.shape}.")
    return names.astype(str)


def _in_test(split: Array) -> NDArray[np.bool_]:
    unknown = sorted(set(split.astype(str).tolist()) - {*POOL_WORDS, *TEST_WORDS})
    if unknown:
        raise InvalidInput(
            f"split says '{unknown[0]}'; it says {' or '.join(POOL_WORDS)} of what may be asked "
            f"about, {' or '.join(TEST_WORDS)} of what is measured on."
        )
    return np.isin(split.astype(str), TEST_WORDS)

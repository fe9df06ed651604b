"""modAL runs on current scikit-learn and numpy, and neither library is left changed."""

import importlib
import inspect
import multiprocessing
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
import scipy.sparse
import sklearn.utils
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier

from mlbackend.select import modal_shim
from mlbackend.select.modal_shim import ActiveLearner, Committee, expected_error


def blobs(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Two Gaussian clouds: X (40, 4) float64, y (40,) of 0 and 1."""
    rng = np.random.default_rng(seed)
    y = np.arange(40) % 2
    return rng.normal(size=(40, 4)) + 4.0 * y[:, None], y


def learner_taught() -> tuple[float, int]:
    """Teach one learner in two steps: its training accuracy and number of rows."""
    X, y = blobs()
    learner = ActiveLearner(LogisticRegression(), X_training=X[:10], y_training=y[:10])
    learner.teach(X[10:], y[10:])
    return float(learner.score(X, y)), len(learner.X_training)


def _in_worker(queue: Any) -> None:
    queue.put(learner_taught())


def test_it_teaches() -> None:
    assert learner_taught() == (1.0, 40)


def test_it_fits_afresh() -> None:
    X, y = blobs()
    learner = ActiveLearner(LogisticRegression())
    learner.fit(X, y)
    assert learner.score(X, y) == 1.0


def test_it_teaches_a_committee() -> None:
    X, y = blobs()
    members = [
        ActiveLearner(LogisticRegression(C=c), X_training=X[:10], y_training=y[:10])
        for c in (0.1, 1.0)
    ]
    committee = Committee(members)
    committee.teach(X[10:], y[10:])
    assert committee.score(X, y) == 1.0


def test_it_teaches_multi_label() -> None:
    X, y = blobs()
    Y = np.stack([y, 1 - y, np.ones_like(y)], axis=1)
    Y[0, 2] = 0
    learner = ActiveLearner(
        OneVsRestClassifier(LogisticRegression()), X_training=X[:10], y_training=Y[:10]
    )
    learner.teach(X[10:], Y[10:])
    assert np.array_equal(learner.predict(X)[:, :2], Y[:, :2])


def test_it_teaches_sparse_rows() -> None:
    X, y = blobs()
    sparse = scipy.sparse.csr_matrix(X)
    learner = ActiveLearner(LogisticRegression(), X_training=sparse[:10], y_training=y[:10])
    learner.teach(sparse[10:], y[10:])
    assert learner.score(sparse, y) == 1.0


def test_it_still_refuses_rows_that_are_not_finite() -> None:
    X, y = blobs()
    learner = ActiveLearner(LogisticRegression(), X_training=X[:10], y_training=y[:10])
    bad = X[10:].copy()
    bad[0, 0] = np.nan
    with pytest.raises(ValueError, match="NaN"):
        learner.teach(bad, y[10:])


def test_it_reduces_expected_error() -> None:
    X, y = blobs()
    learner = ActiveLearner(
        LogisticRegression(),
        query_strategy=expected_error.expected_error_reduction,
        X_training=X[:6],
        y_training=y[:6],
    )
    chosen, _ = learner.query(X[6:14], n_instances=1)
    assert 0 <= int(chosen[0]) < 8


def test_numpy_has_no_float_afterwards() -> None:
    assert "float" not in vars(np)
    assert not hasattr(np, "float")


def test_scikit_learn_is_unchanged() -> None:
    parameters = inspect.signature(sklearn.utils.check_X_y).parameters
    assert sklearn.utils.check_X_y.__module__ == "sklearn.utils.validation"
    assert "force_all_finite" not in parameters


def test_installing_twice_wraps_once() -> None:
    before = modal_shim._learners.check_X_y
    importlib.reload(modal_shim)
    assert modal_shim._learners.check_X_y is before


def test_it_leaves_a_check_that_knows_the_argument_alone() -> None:
    def check_X_y(X: Any, y: Any, force_all_finite: bool = True) -> None: ...  # noqa: N802, N803

    assert modal_shim._accepts_force_all_finite(check_X_y)


def test_a_spawned_worker_passes_too() -> None:
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    worker = context.Process(target=_in_worker, args=(queue,))
    worker.start()
    worker.join(60)
    assert worker.exitcode == 0
    assert queue.get(timeout=5) == (1.0, 40)


def test_numpys_global_state_is_seeded_for_a_while_and_given_back() -> None:
    np.random.seed(1)
    expected = np.random.random(2)
    np.random.seed(1)
    first = np.random.random()
    with modal_shim.numpy_seeded(7):
        drawn = np.random.random()
    with modal_shim.numpy_seeded(7):
        assert np.random.random() == drawn
    assert [first, np.random.random()] == expected.tolist()


def test_it_does_not_bring_torch_and_does_not_keep_it_out() -> None:
    program = (
        "import sys\nimport mlbackend.select.modal_shim\nprint('torch' in sys.modules)\n"
        "import importlib.util\nprint(importlib.util.find_spec('torch') is not None)\n"
        "print(len([f for f in sys.meta_path if type(f).__name__ == '_NoTorch']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False", "True", "0"]

"""What a trained action model is when it is used: scaled features, one line per class, a sigmoid.

Only arrays and label ids: it can be written without pickle and read anywhere. The estimator that
trains predicts through this very class, so that a loaded checkpoint gives the same bits.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlbackend.data.descriptor import Descriptor

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ActionModel:
    """Independent probabilities for C actions from D features.

    ``p = 1 / (1 + exp(-(z . coefficients + intercepts)))`` with ``z = (x - mean) / scale``.

    Attributes:
        label_ids: the C labels, in the order of the columns of every answer.
        mean, scale: (D,) float64; scale > 0.
        coefficients: (C, D) float64.
        intercepts: (C,) float64.
        constants: (C,) float64, NaN where the class was learned; elsewhere the probability given
            to every row, because the class had no positive (0) or no negative.
        thresholds: (C,) float64, the probability from which the answer is yes.

    Raises:
        ValueError: the shapes do not fit each other.
    """

    label_ids: tuple[int, ...]
    mean: Floats
    scale: Floats
    coefficients: Floats
    intercepts: Floats
    constants: Floats
    thresholds: Floats

    def __post_init__(self) -> None:
        classes, width = len(self.label_ids), len(self.mean)
        expected = {
            "mean": (width,),
            "scale": (width,),
            "coefficients": (classes, width),
            "intercepts": (classes,),
            "constants": (classes,),
            "thresholds": (classes,),
        }
        for name, shape in expected.items():
            got = getattr(self, name).shape
            if got != shape:
                raise ValueError(f"An action model's {name} must be {shape}, got {got}.")

    @property
    def learned(self) -> NDArray[np.bool_]:
        """(C,) whether the class was learned, not answered by a constant."""
        return np.isnan(self.constants)

    def decision_function(self, X: Floats) -> Floats:
        """(N, D) features to (N, C) log-odds; those of constant classes mean nothing."""
        X = np.asarray(X, dtype=np.float64)
        if X.ndim != 2 or X.shape[1] != len(self.mean):
            raise ValueError(
                f"The model was trained on {len(self.mean)} features per window, got an array of "
                f"shape {X.shape}; were the features made by another version?"
            )
        return (X - self.mean) / self.scale @ self.coefficients.T + self.intercepts

    def predict_proba(self, X: Floats) -> Floats:
        """(N, D) features to (N, C) float64 probabilities, columns in the order of label_ids."""
        with np.errstate(over="ignore"):
            p = 1.0 / (1.0 + np.exp(-self.decision_function(X)))
        return np.where(self.learned, p, self.constants)

    def predict(self, X: Floats) -> NDArray[np.bool_]:
        """(N, D) features to (N, C) yes or no, each class at its own threshold."""
        return self.predict_proba(X) >= self.thresholds


@dataclass(frozen=True)
class Champion:
    """The model in use, what it was trained on and what it reads."""

    model: ActionModel
    manifest: dict[str, Any]
    descriptor: Descriptor

"""The acquisition functions by name: which rows of a pool are worth a person's time.

The protocol stands in `pool.py`. Adding one is a function in a file of this folder and an entry
here. What a function does is imported when it is called, so that listing them brings neither
scikit-learn nor modAL into the web server.

The defaults and the measurements behind them: margin, or mean binary entropy where several labels
hold at once, cut to ten times the batch, then k-means weighted by uncertainty. modAL's own
multi-label strategies did worse than random in every measured seed and are not offered.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal

import numpy as np

from labeling.domain.errors import InvalidInput
from mlbackend.select.pool import Acquisition, Chosen, Floats, Ints

__all__ = [
    "ACQUISITIONS",
    "AUTO",
    "COLD_START",
    "DEFAULT",
    "DEFAULT_ONE_OF",
    "AcquisitionFunction",
    "acquisition_function",
    "acquisitions_listed",
    "fitting",
    "query_strategy",
]


@dataclass(frozen=True, slots=True)
class AcquisitionFunction:
    """One function of the list; call it as `pool.Acquisition` says.

    Attributes:
        name: what settings and commands call it. title, about: for people.
        labels: "one" a row, "several" at once, or "any".
        needs: "nothing", a fitted "model", or a "committee" with ``vote_proba``.
        place: ``module:function`` in this folder.
    """

    name: str
    title: str
    about: str
    labels: Literal["one", "several", "any"]
    needs: Literal["nothing", "model", "committee"]
    place: str

    def __call__(
        self, learner: Any, X: Floats, n: int, rng: np.random.Generator, groups: Ints | None = None
    ) -> Chosen:
        return self.load()(learner, X, n, rng, groups)

    def load(self) -> Acquisition:
        module, _, function = self.place.partition(":")
        found: Acquisition = getattr(import_module(f"mlbackend.select.{module}"), function)
        return found

    def as_dict(self) -> dict[str, str]:
        """For the page: {name, title, about, labels, needs}."""
        return {
            "name": self.name, "title": self.title, "about": self.about, "labels": self.labels,
            "needs": self.needs,
        }  # fmt: skip


_ALL = (
    AcquisitionFunction(
        "margin_k_means", "Margin, spread by k-means",
        "Of the ten batches the model is least decided on, typical ones that differ. "
        "The default where one label holds.",
        "one", "model", "spread:margin_k_means",
    ),
    AcquisitionFunction(
        "mean_binary_entropy_k_means", "Unsure labels, spread by k-means",
        "Of the ten batches with the least sure labels, typical ones that differ. "
        "The default where several labels hold at once.",
        "several", "model", "spread:mean_binary_entropy_k_means",
    ),
    AcquisitionFunction(
        "k_means_medoids", "Typical ones",
        "The most typical of each cluster; for a start without a model.",
        "any", "nothing", "spread:k_means_medoids",
    ),
    AcquisitionFunction(
        "random", "Random", "By chance: the control for all others.",
        "any", "nothing", "least_sure:random",
    ),
    AcquisitionFunction(
        "margin", "Margin", "The two likeliest labels are closest; may ask alike ones in a row.",
        "one", "model", "least_sure:margin",
    ),
    AcquisitionFunction(
        "least_confident", "Least confident", "The likeliest label is least likely.",
        "one", "model", "least_sure:least_confident",
    ),
    AcquisitionFunction(
        "entropy", "Entropy",
        "The probabilities are most even over all labels; the weakest of its kind where measured.",
        "one", "model", "least_sure:entropy",
    ),
    AcquisitionFunction(
        "mean_binary_entropy", "Unsure labels",
        "Yes and no are closest, on average over the labels; may ask alike ones in a row.",
        "several", "model", "least_sure:mean_binary_entropy",
    ),
    AcquisitionFunction(
        "ranked_batch", "Ranked batch",
        "Unsure ones far from what was taught and from each other.",
        "any", "model", "ranked_batch:ranked_batch",
    ),
    AcquisitionFunction(
        "clue", "Entropy-weighted k-means (CLUE)",
        "The most typical of each cluster of everything, clusters drawn to where the model is "
        "unsure.",
        "any", "model", "spread:clue",
    ),
    AcquisitionFunction(
        "badge", "Gradients (BADGE)",
        "Those that would change the model most and in different ways.",
        "any", "model", "badge:badge",
    ),
    AcquisitionFunction(
        "k_center", "Coverage (k-center)",
        "Farthest from everything taught or chosen; finds outliers, poor as a start.",
        "any", "nothing", "k_center:k_center",
    ),
    AcquisitionFunction(
        "vote_entropy", "Committee: votes",
        "Several models vote for different labels.",
        "one", "committee", "committee:vote_entropy",
    ),
    AcquisitionFunction(
        "committee_kl", "Committee: divergence",
        "One of several models departs most from what they say together.",
        "one", "committee", "committee:committee_kl",
    ),
    AcquisitionFunction(
        "bald", "Committee: information (BALD)",
        "Each model is sure, of different labels: the answer tells which is right.",
        "one", "committee", "committee:bald",
    ),
)  # fmt: skip

ACQUISITIONS: dict[str, AcquisitionFunction] = {function.name: function for function in _ALL}
# What fits where several labels hold at once, as actions on a tube do, and where one of a group.
DEFAULT = "mean_binary_entropy_k_means"
DEFAULT_ONE_OF = "margin_k_means"
COLD_START = "k_means_medoids"
# A setting: whichever default fits the labels.
AUTO = "auto"


def acquisition_function(name: str) -> AcquisitionFunction:
    """The named function.

    Raises:
        InvalidInput: there is none of that name; the message names those there are.
    """
    if name not in ACQUISITIONS:
        raise InvalidInput(
            f"There is no acquisition function '{name}'; there are {', '.join(ACQUISITIONS)}."
        )
    return ACQUISITIONS[name]


def fitting(name: str, *, several: bool) -> AcquisitionFunction:
    """The named function, or for "auto" the default: for several labels at once, or one of a group.

    Raises:
        InvalidInput: see `acquisition_function`.
    """
    if name == AUTO:
        name = DEFAULT if several else DEFAULT_ONE_OF
    return acquisition_function(name)


def acquisitions_listed() -> list[dict[str, str]]:
    """All functions for a page or a document, the defaults first; see `as_dict`."""
    return [function.as_dict() for function in _ALL]


def query_strategy(name: str, rng: np.random.Generator) -> Callable[..., Chosen]:
    """The named function in the shape modAL's ``ActiveLearner(query_strategy=…)`` calls.

    The batch is cut to the number of tubes in the pool, where modAL would fail an assertion.

    Raises:
        InvalidInput: see `acquisition_function`.
    """
    choose = acquisition_function(name).load()

    def strategy(
        learner: Any, X: Floats, n_instances: int = 1, groups: Ints | None = None
    ) -> Chosen:
        return choose(learner, X, n_instances, rng, groups)

    return strategy

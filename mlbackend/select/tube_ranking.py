"""Ranks a project's tubes: their features, what the model in use says, what its settings choose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labeling.domain.errors import InvalidInput
from mlbackend.data.descriptor import Descriptor
from mlbackend.loop_settings import LoopSettings
from mlbackend.select.acquisition import (
    ACQUISITIONS,
    AUTO,
    COLD_START,
    AcquisitionFunction,
)
from mlbackend.select.answers import answers, hesitations
from mlbackend.select.candidates import Waiting
from mlbackend.select.choosing import Choose, Unreviewed, by_default, by_function, typical
from mlbackend.select.cost import CostModel, Facts
from mlbackend.select.draws import lot
from mlbackend.select.heads import Committee, Taught, committee, taught
from mlbackend.select.packed import PackedFeatures, Place, Wanted
from mlbackend.select.ranking import (
    COLD,
    SCORE,
    UNCERTAINTY,
    TubeRanking,
    is_cold,
    ripe,
)
from mlbackend.select.terms import Terms, one_of, terms_of
from mlbackend.train.features import clip_of
from mlbackend.train.predictor import Champion

Floats = NDArray[np.float64]

# Functions that stay away from what was taught already.
COMPARING = ("ranked_batch", "k_center")


@dataclass(frozen=True)
class Asked:
    """The model in use as an acquisition function sees it: the labels that count, no others.

    A class answered by a constant is never uncertain and would only thin the scores out.
    """

    champion: Champion
    terms: Terms
    function: AcquisitionFunction
    taught: Taught | None = None
    committee: Committee | None = None

    @property
    def X_training(self) -> Floats | None:  # noqa: N802
        """(T, D) the mean feature of each tube people taught; None where nobody asks for it."""
        return None if self.taught is None else self.taught.means

    def predict_proba(self, X: Floats) -> Floats:
        """(N, D) features to (N, K): one distribution where the function supposes one label."""
        p = self.champion.model.predict_proba(X)[:, list(self.terms.columns)]
        return as_labeled(p, self.terms, self.function)

    def vote_proba(self, X: Floats) -> Floats:
        """(N, D) features to (N, M, K) of the committee's M heads."""
        assert self.committee is not None
        each = self.committee.probabilities(X)
        said = [as_labeled(each[:, m], self.terms, self.function) for m in range(each.shape[1])]
        return np.stack(said, axis=1)


def as_labeled(p: Floats, terms: Terms, function: AcquisitionFunction) -> Floats:
    """(N, K) answers per label as the function supposes them."""
    if function.labels == "several" or (function.labels == "any" and not terms.is_one_of):
        return p
    if p.shape[1] == 1:
        return np.hstack([p, 1.0 - p])
    return one_of(p)


@dataclass(frozen=True, eq=False)
class Ranker:
    """What a ranking is made with.

    Attributes:
        champion: the action model in use, None without one.
        descriptor: what features are looked for.
        facts: what the time to answer depends on, of every tube.
        cost: how long answers take, None while too few were timed.
        doubt: of every tube, 0..1, how doubtful it is.
        features: folder of the feature cache.
    """

    project_id: int
    found: Waiting
    champion: Champion | None
    descriptor: Descriptor
    settings: LoopSettings
    seed: int
    facts: Sequence[Facts]
    cost: CostModel | None
    doubt: Sequence[float]
    features: Path

    def ranking(self) -> tuple[TubeRanking, dict[str, Any]]:
        """The tubes ranked, and how: acquisition, phase, note."""
        known, places = self._places()
        ripe_ids = ripe(self.champion, self.found.actions)
        terms = self._terms(ripe_ids)
        said = answers(places, self.champion.model, terms) if self.champion and places else None
        phase = self._phase(bool(places))
        facts = list(self.facts)
        if said is not None:
            for i, open_labels in zip(known.tolist(), hesitations(said, terms), strict=True):
                facts[i] = replace(facts[i], edits=facts[i].edits + open_labels)
        seconds = self.cost.seconds([facts[i] for i in known]) if self.cost else None
        pool = None if said is None else Unreviewed(places, said, self._ties(known), seconds)
        choose, how = self._choose(phase, pool, places, terms)
        return (
            TubeRanking(
                tubes=self.found.tubes,
                known=known,
                places=places,
                answers=said,
                names=self._names(),
                terms=terms,
                phase=phase,
                choose=choose,
                pool=pool,
                doubt=None if self.found.actions else self.doubt,
                facts=facts,
            ),
            {"phase": phase, **how},
        )

    def _places(self) -> tuple[NDArray[np.int64], list[Place]]:
        """Which tubes have features, and where these lie."""
        packed = PackedFeatures(self.features, f"{self.project_id}-waiting", self.descriptor)
        clips = {id(scene): clip_of(scene.video) for scene in self.found.scenes}
        wanted = [Wanted(clips[id(tube.scene)], tube.tube) for tube in self.found.tubes]
        places = packed.find(wanted)
        known = [i for i, place in enumerate(places) if place is not None]
        return np.array(known, dtype=np.int64), [place for place in places if place is not None]

    def _ties(self, known: NDArray[np.int64]) -> Floats:
        return np.array([lot(self.found.tubes[i].key, "tie", self.seed) for i in known])

    def _terms(self, ripe_ids: Sequence[int]) -> Terms:
        if self.champion is None:
            return Terms((), ())
        return terms_of(self.champion.model.label_ids, ripe_ids, self.found.exclusive)

    def _names(self) -> Mapping[int, str]:
        if self.champion is None:
            return {}
        names = self.found.actions
        return {c: names.get(i, "") for c, i in enumerate(self.champion.model.label_ids)}

    def _phase(self, has_features: bool) -> str:
        if not has_features or not self.found.actions:
            return SCORE
        return COLD if is_cold(self.champion, self.found.actions) else UNCERTAINTY

    def _choose(
        self, phase: str, pool: Unreviewed | None, places: Sequence[Place], terms: Terms
    ) -> tuple[Choose | None, dict[str, Any]]:
        rng = np.random.default_rng(self.seed)
        if phase == SCORE:
            return None, {"acquisition": SCORE, "note": ""}
        if phase == COLD:
            return typical(places, rng), {"acquisition": COLD_START, "note": ""}
        assert pool is not None and self.champion is not None
        how: dict[str, Any] = {"acquisition": terms.name, "note": ""}
        default = by_default(pool, rng)
        name = self.settings.acquisition
        if name == AUTO:
            return default, how
        if name not in ACQUISITIONS:
            said = f"There is no acquisition function '{name}' any more"
            return default, how | {"note": f"{said}; the default chose."}
        return self._named(ACQUISITIONS[name], pool, terms, rng, default)

    def _named(
        self,
        function: AcquisitionFunction,
        pool: Unreviewed,
        terms: Terms,
        rng: np.random.Generator,
        default: Choose,
    ) -> tuple[Choose, dict[str, Any]]:
        """A function people chose; the default where it cannot work, which the queue then says."""
        how: dict[str, Any] = {"acquisition": function.name, "note": ""}

        def instead(error: InvalidInput) -> None:
            how.update(
                acquisition=terms.name,
                note=f"'{function.name}' cannot choose here; the default chose: {error.message}",
            )

        try:
            learner = self._learner(function, terms)
        except InvalidInput as error:
            instead(error)
            return default, how
        by_name = by_function(pool, function, learner, rng)

        def choose(among: NDArray[np.int64], n: int) -> NDArray[np.int64]:
            try:
                return by_name(among, n)
            except InvalidInput as error:
                instead(error)
                return default(among, n)

        return choose, how

    def _learner(self, function: AcquisitionFunction, terms: Terms) -> Asked:
        """The model in use with what the function compares with.

        Raises:
            InvalidInput: a committee cannot be taught from what is known.
        """
        assert self.champion is not None
        if function.needs != "committee" and function.name not in COMPARING:
            return Asked(self.champion, terms, function)
        label_ids = [self.champion.model.label_ids[column] for column in terms.columns]
        packed = PackedFeatures(self.features, f"{self.project_id}-taught", self.descriptor)
        said = taught(self.found, packed, label_ids)
        heads = None
        if function.needs == "committee":
            heads = committee(said, self.champion.model, self.seed)
        return Asked(self.champion, terms, function, said, heads)

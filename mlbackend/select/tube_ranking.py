"""Ranks a project's tubes: their features, what the model in use says, what its settings choose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.conf import settings as django_settings
from numpy.typing import NDArray

from mlbackend.data.descriptor import Descriptor
from mlbackend.loop_settings import LoopSettings
from mlbackend.select.acquisition import (
    ACQUISITIONS,
    AUTO,
    COLD_START,
    AcquisitionFunction,
)
from mlbackend.select.answers import answers
from mlbackend.select.candidates import Waiting
from mlbackend.select.choosing import Choose, Pool, by_default, by_function, typical
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


@dataclass(frozen=True)
class Asked:
    """The model in use as an acquisition function sees it: the labels that count, no others.

    A class answered by a constant is never uncertain and would only thin the scores out.
    """

    champion: Champion
    terms: Terms
    function: AcquisitionFunction

    def predict_proba(self, X: Floats) -> Floats:
        """(N, D) features to (N, K): one distribution where the function supposes one label."""
        p = self.champion.model.predict_proba(X)[:, list(self.terms.columns)]
        return as_labeled(p, self.terms, self.function)


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
        seconds: expected of every tube, None while too few answers were timed.
        doubt: of every tube, 0..1, how doubtful it is.
    """

    project_id: int
    found: Waiting
    champion: Champion | None
    descriptor: Descriptor
    settings: LoopSettings
    seed: int
    seconds: Floats | None
    doubt: Sequence[float]

    def ranking(self) -> tuple[TubeRanking, dict[str, Any]]:
        """The tubes ranked, and how: acquisition, phase, note."""
        known, places = self._places()
        ripe_ids = ripe(self.champion, self.found.actions)
        terms = self._terms(ripe_ids)
        said = answers(places, self.champion.model, terms) if self.champion and places else None
        phase = self._phase(ripe_ids, bool(places))
        seconds = None if self.seconds is None else self.seconds[known]
        pool = None if said is None else Pool(places, said, seconds)
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
            ),
            {"phase": phase, **how},
        )

    def _places(self) -> tuple[NDArray[np.int64], list[Place]]:
        """Which tubes have features, and where these lie."""
        packed = PackedFeatures(
            django_settings.HOME_DIRS["features"], self.project_id, self.descriptor
        )
        clips = {id(scene): clip_of(scene.video) for scene in self.found.scenes}
        wanted = [Wanted(clips[id(tube.scene)], tube.tube) for tube in self.found.tubes]
        places = packed.find(wanted)
        known = [i for i, place in enumerate(places) if place is not None]
        return np.array(known, dtype=np.int64), [place for place in places if place is not None]

    def _terms(self, ripe_ids: Sequence[int]) -> Terms:
        if self.champion is None:
            return Terms((), ())
        return terms_of(self.champion.model.label_ids, ripe_ids, self.found.exclusive)

    def _names(self) -> Mapping[int, str]:
        if self.champion is None:
            return {}
        names = self.found.actions
        return {c: names.get(i, "") for c, i in enumerate(self.champion.model.label_ids)}

    def _phase(self, ripe_ids: Sequence[int], has_features: bool) -> str:
        if not has_features or not self.found.actions:
            return SCORE
        cold = is_cold(ripe_ids, self.found.actions, self.found.reviewed)
        return COLD if cold else UNCERTAINTY

    def _choose(
        self, phase: str, pool: Pool | None, places: Sequence[Place], terms: Terms
    ) -> tuple[Choose | None, dict[str, Any]]:
        rng = np.random.default_rng(self.seed)
        if phase == SCORE:
            return None, {"acquisition": SCORE, "note": ""}
        if phase == COLD:
            return typical(places, rng), {"acquisition": COLD_START, "note": ""}
        assert pool is not None and self.champion is not None
        name = self.settings.acquisition
        function = ACQUISITIONS.get(name)
        note = ""
        if function is None and name != AUTO:
            note = f"There is no acquisition function '{name}' any more; the default chose."
        if function is None:
            return by_default(pool, rng), {"acquisition": terms.name, "note": note}
        learner = Asked(self.champion, terms, function)
        return by_function(pool, function, learner, rng), {"acquisition": name, "note": note}

"""What was taught, and a committee of heads that learned it from different draws."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from labeling.domain.errors import InvalidInput
from labeling.domain.span import Coverage, Span
from labeling.domain.state import State
from mlbackend.data.hog_hof_descriptor import HOG_HOF
from mlbackend.select.candidates import Waiting
from mlbackend.select.heads import Taught, committee, taught
from mlbackend.select.packed import PackedFeatures
from mlbackend.select.plan import planned
from mlbackend.train.holdout import is_reserved
from tests.mlbackend.select.planning import (
    FALL,
    RUN,
    WALK,
    champion,
    keep,
    known,
    labels,
    model,
    scene,
    tube,
    waiting_of,
)


def reviewed(
    n: int, first: int = 1, *, covered: bool = True
) -> tuple[list[Any], list[Any], list[Any]]:
    """n accepted tubes with their spans and coverage: odd ones run, even ones walk."""
    tubes = [tube(i, state=State.ACCEPTED) for i in range(first, first + n)]
    spans = [
        Span(f"s{t.number}", t.id, RUN if t.number % 2 else WALK, 0, 10, State.ACCEPTED)
        for t in tubes
    ]
    seen = [Coverage(f"c{t.number}", t.id, 0, 10, (RUN, WALK, FALL)) for t in tubes]
    return tubes, spans, seen if covered else []


def rows(n: int, first: int = 1) -> dict[int, list[float]]:
    """Features that tell running from walking, with noise."""
    rng = np.random.default_rng(first)
    return {
        i: [*((2.0, -2.0) if i % 2 else (-2.0, 2.0)), *rng.normal(size=6).tolist()]
        for i in range(first, first + n)
    }


def said(folder: Path, found: Waiting) -> Taught:
    return taught(found, PackedFeatures(folder, "taught", HOG_HOF), (RUN, WALK, FALL))


def test_what_people_said_of_the_windows_is_what_was_taught(tmp_path: Path) -> None:
    one = scene(*reviewed(6))
    keep(tmp_path, one, rows(6))
    found = said(tmp_path, Waiting(scenes=(one,)))
    assert found.means.shape == (6, HOG_HOF.length)
    runs = found.X[:, 0] > 0
    assert found.Y[:, 0].tolist() == runs.astype(int).tolist()
    assert found.Y[:, 1].tolist() == (~runs).astype(int).tolist()
    assert found.Y[:, 2].tolist() == [0] * 6


def test_reserved_tubes_and_what_nobody_covered_teach_nothing(tmp_path: Path) -> None:
    one = scene(*reviewed(20))
    keep(tmp_path, one, rows(20))
    free = sum(not is_reserved(one.video.sha256, i) for i in range(1, 21))
    assert 0 < free < 20
    assert len(said(tmp_path, Waiting(scenes=(one,), reserves=True)).means) == free
    bare = scene(*reviewed(20, covered=False))
    assert len(said(tmp_path, Waiting(scenes=(bare,))).X) == 0


def test_heads_agree_where_all_were_taught_and_differ_elsewhere(tmp_path: Path) -> None:
    one = scene(*reviewed(40))
    keep(tmp_path, one, rows(40))
    heads = committee(said(tmp_path, Waiting(scenes=(one,))), model(), seed=1)
    X = np.zeros((3, HOG_HOF.length))
    X[0, :2], X[1, :2] = (4.0, -4.0), (-4.0, 4.0)
    X[2, 2:8] = 3.0
    p = heads.probabilities(X)
    assert p.shape == (3, 5, 3)
    assert (p[0, :, 0] > 0.8).all() and (p[1, :, 1] > 0.8).all()
    assert p[2, :, 0].std() > 5 * max(p[0, :, 0].std(), p[1, :, 0].std())
    assert (p[:, :, 2] < 0.1).all()  # never shown: unlikely, and nobody claims more


def test_the_same_seed_gives_the_same_heads(tmp_path: Path) -> None:
    one = scene(*reviewed(12))
    keep(tmp_path, one, rows(12))
    found = said(tmp_path, Waiting(scenes=(one,)))
    first, again, other = (committee(found, model(), seed) for seed in (1, 1, 2))
    assert np.array_equal(first.weights, again.weights)
    assert not np.array_equal(first.weights, other.weights)


def test_too_few_reviewed_tubes_make_no_committee(tmp_path: Path) -> None:
    one = scene(*reviewed(3))
    keep(tmp_path, one, rows(3))
    with pytest.raises(InvalidInput, match="needs 4 reviewed training tubes.*there are 3"):
        committee(said(tmp_path, Waiting(scenes=(one,))), model(), 1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["vote_entropy", "committee_kl", "bald", "ranked_batch", "k_center"]
)
def test_functions_that_look_at_what_was_taught_choose(tmp_path: Path, name: str) -> None:
    done, spans, seen = reviewed(30)
    seen.append(Coverage("all", None, 0, 600, (RUN,)))  # no stretch is left
    one = scene([*done, *(tube(i) for i in range(101, 181))], spans, seen)
    keep(tmp_path, one, rows(30) | rows(80, first=101))
    found = waiting_of([one], labels(RUN, WALK, FALL))
    plan = planned(known(found, tmp_path, champion(), acquisition=name))
    by = plan.viewings[0].asked_by
    assert (plan.acquisition, by["note"]) == (name, "")
    assert sum(v.kind == "tube" for v in plan.viewings) == 80

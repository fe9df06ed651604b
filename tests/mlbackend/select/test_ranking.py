"""The order of the queue and its reasons, from candidates made by hand."""

from dataclasses import replace

import numpy as np

from mlbackend.select.ranking import BATCH, RANDOM_EVERY, Candidate, Ranked, rank, reason_of
from mlbackend.train.predictor import ActionModel

RUN, WALK, FALL = 1, 2, 3
NAMES = {RUN: "run", WALK: "walk", FALL: "fall"}


def model(*, fall: float = np.nan) -> ActionModel:
    """Feature 0 is the log-odds of run, feature 1 of walk; `fall` is a constant if given."""
    return ActionModel(
        label_ids=(RUN, WALK, FALL),
        mean=np.zeros(3),
        scale=np.ones(3),
        coefficients=np.eye(3),
        intercepts=np.zeros(3),
        constants=np.array([np.nan, np.nan, fall]),
        thresholds=np.full(3, 0.5),
    )


def tube(i: int, *rows: tuple[float, float, float], **changes: object) -> Candidate:
    """Candidate number i with these windows."""
    features = np.array(rows) if rows else None
    made = Candidate((f"v{i % 2}", i), f"v{i % 2}", f"t{i:03}", i, 0.5, features)
    return replace(made, **changes)


def many(n: int, seed: int = 0) -> list[Candidate]:
    """n candidates of one to three random windows."""
    rng = np.random.default_rng(seed)
    return [tube(i, *rng.normal(scale=3, size=(1 + i % 3, 3)).tolist()) for i in range(n)]


def ids(ranked: list[Ranked]) -> list[str]:
    """Tube ids in order."""
    return [entry.candidate.tube_id for entry in ranked]


def test_every_tube_gets_one_place() -> None:
    pool = many(130)
    assert sorted(ids(rank(pool, model(), NAMES, 1))) == sorted(c.tube_id for c in pool)


def test_the_same_tubes_in_any_order_give_the_same_queue() -> None:
    pool = many(90)
    first, second = rank(pool, model(), NAMES, 1), rank(pool[::-1], model(), NAMES, 1)
    assert [(i.candidate.tube_id, i.reason) for i in first] == [
        (i.candidate.tube_id, i.reason) for i in second
    ]


def test_unsure_tubes_come_before_sure_ones() -> None:
    sure = [tube(i, (9.0, -9.0, -9.0 - i)) for i in range(30)]
    unsure = [tube(100 + i, (0.1 * i, -0.1, 0.0)) for i in range(4)]
    front = ids(rank(sure + unsure, model(), NAMES, 1))
    assert np.mean([front.index(c.tube_id) for c in unsure]) < 8


def test_one_place_in_seven_is_a_random_check() -> None:
    ranked = rank(many(70), model(), NAMES, 1)
    checks = [place for place, entry in enumerate(ranked) if entry.reason == "random check"]
    assert checks == list(range(RANDOM_EVERY - 1, 70, RANDOM_EVERY))


def test_chance_alone_brings_reserved_tubes() -> None:
    pool = [replace(c, reserved=c.number % 4 == 0) for c in many(60)]
    ranked = rank(pool, model(), NAMES, 1)
    assert all(e.candidate.reserved == (e.reason == "random check") for e in ranked)
    assert ranked[RANDOM_EVERY - 1].candidate.reserved


def test_what_was_never_seen_is_looked_for_among_the_strangest() -> None:
    usual = [tube(i, (0.1, 0.2, 0.3)) for i in range(20)]
    odd = tube(50, (40.0, 40.0, 40.0))
    ranked = rank([*usual, odd], model(fall=0.0), NAMES, 1)
    (found,) = [e for e in ranked if e.candidate.tube_id == odd.tube_id]
    assert found.reason in ("never seen: fall", "random check")
    assert "never seen: fall" in {e.reason for e in ranked[:6]}


def test_a_label_added_after_the_model_was_never_seen_either() -> None:
    names = {**NAMES, 9: "jump"}
    assert "never seen: jump" in {e.reason for e in rank(many(20), model(), names, 1)}


def test_without_a_model_typical_tubes_come_first() -> None:
    rng = np.random.default_rng(0)
    clusters = [
        tube(i, *(np.array([30.0 * (i % 3), 0, 0]) + rng.normal(size=(1, 3))).tolist())
        for i in range(90)
    ]
    ranked = rank(clusters, None, NAMES, 1)
    assert ranked[0].reason == "typical of what nobody has reviewed yet"
    assert {e.candidate.number % 3 for e in ranked[:BATCH]} == {0, 1, 2}


def test_without_features_the_clearest_detections_come_first() -> None:
    pool = [tube(i, score=s) for i, s in enumerate((0.2, 0.9, None, 0.6))]
    ranked = rank(pool, model(), NAMES, 1)
    assert ids(ranked) == ["t001", "t003", "t000", "t002"]
    assert [e.reason for e in ranked][0] == "detector score 0.90"
    assert ranked[-1].reason == "not reviewed yet"


def test_nothing_to_rank() -> None:
    assert rank([], model(), NAMES, 1) == []
    assert rank([], None, NAMES, 1) == []


def test_reasons_in_words() -> None:
    known = model(fall=0.0)
    cases = {
        (0.48, 0.44, 0.0): "hesitates between run and walk (0.48 / 0.44)",
        (0.05, 0.03, 0.0): "sees no action here (run 0.05 at most)",
        (0.10, 0.55, 0.0): "unsure whether it is walk (0.55)",
        (0.93, 0.10, 0.0): "fairly sure of run (0.93)",
    }
    assert {p: reason_of(np.array(p), known, NAMES) for p in cases} == cases

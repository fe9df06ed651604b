"""The order of the queue and its reasons, from projects made by hand."""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from labeling.domain.taxonomy import LabelKind, LabelValue
from mlbackend.select.acquisition import ACQUISITIONS
from mlbackend.select.plan import Plan, plan_hash, planned
from mlbackend.select.viewing import QuestionKind, Viewing
from tests.mlbackend.select.planning import (
    FALL,
    NAMES,
    PERSON,
    RUN,
    WALK,
    champion,
    hash_of_plan,
    keep,
    known,
    labels,
    many,
    planned_with,
    scene,
    tube,
    waiting_of,
)

ROOT = Path(__file__).resolve().parents[3]
UNSURE, SURE = (0.1, -0.1, 0.0), (9.0, -9.0, -9.0)


def each_its_own(pool: dict[int, tuple[float, ...]]) -> dict[int, list[float]]:
    """The same log-odds, and eight values that tell tubes apart."""
    rng = np.random.default_rng(0)
    return {i: [*row, *rng.normal(size=8).tolist()] for i, row in pool.items()}


def numbers(viewings: list[Viewing]) -> list[int | None]:
    """Tube numbers in order."""
    return [viewing.tube_number for viewing in viewings]


def of_slice(plan: Plan, name: str, first: int | None = None) -> list[Viewing]:
    return [viewing for viewing in plan.viewings[:first] if viewing.slice == name]


def test_every_tube_gets_one_place(tmp_path: Path) -> None:
    plan = planned_with(tmp_path, many(130), videos=4, used=champion())
    assert sorted(numbers(plan.viewings)) == list(range(1, 131))


def test_the_same_in_two_processes(tmp_path: Path) -> None:
    """Byte for byte, whatever the hash seed, the threads and the order of reading."""
    code = (
        "import django, sys; django.setup(); from pathlib import Path;"
        "from tests.mlbackend.select.planning import hash_of_plan;"
        "print(hash_of_plan(Path(sys.argv[1])))"
    )
    found = {hash_of_plan(tmp_path / "here")}
    for n, threads in (("1", "1"), ("2", "4")):
        env = os.environ | {
            "PYTHONHASHSEED": n,
            "OMP_NUM_THREADS": threads,
            "OPENBLAS_NUM_THREADS": threads,
            "DJANGO_SETTINGS_MODULE": os.environ.get(
                "DJANGO_SETTINGS_MODULE", "annotator.settings"
            ),
            "TUBELAB_HOME": str(tmp_path / "home"),
        }
        done = subprocess.run(
            [sys.executable, "-c", code, str(tmp_path / n)],
            cwd=ROOT, env=env, check=True, capture_output=True, text=True,
        )  # fmt: skip
        found.add(done.stdout.split()[-1])
    assert len(found) == 1


def test_another_seed_draws_others(tmp_path: Path) -> None:
    plans = [planned_with(tmp_path, many(60), used=champion(seed=n)) for n in (1, 2)]
    drawn = [numbers(of_slice(plan, "random", 20)) for plan in plans]
    assert drawn[0] != drawn[1]
    assert plan_hash(plans[0]) != plan_hash(plans[1])


def test_unsure_tubes_come_before_sure_ones(tmp_path: Path) -> None:
    pool = dict.fromkeys(range(1, 301), SURE) | dict.fromkeys(range(301, 321), UNSURE)
    plan = planned_with(tmp_path, each_its_own(pool), used=champion())
    chosen = of_slice(plan, "chosen")
    assert set(numbers(chosen[:15])) <= set(range(301, 321))
    assert chosen[0].score > 0.9 > chosen[-1].score
    assert plan.acquisition == "mean_binary_entropy_k_means"


def test_a_batch_does_not_ask_the_same_thing_twenty_times(tmp_path: Path) -> None:
    """Of two kinds of equally unsure tubes, a hundred and five, both are asked about."""
    alike = dict.fromkeys(range(1, 101), (0.0, 0.0, 0.0, 5.0))
    others = dict.fromkeys(range(101, 106), (0.0, 0.0, 0.0, -5.0))
    plan = planned_with(tmp_path, alike | others, used=champion(), batch=6)
    assert set(numbers(of_slice(plan, "chosen", 6))) & set(others)


def test_after_the_batch_uncertainty_alone_decides(tmp_path: Path) -> None:
    plan = planned_with(tmp_path, many(150), used=champion())
    scores = [v.score for v in of_slice(plan, "chosen") if v.asked_by["batch"] > 0]
    assert len(scores) > 100 and scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("share", [0.10, 0.15, 0.25])
def test_chance_has_its_share_of_every_batch(tmp_path: Path, share: float) -> None:
    plan = planned_with(tmp_path, many(200), used=champion(), random_share=share)
    each = Counter(v.asked_by["batch"] for v in of_slice(plan, "random"))
    assert {each[batch] for batch in range(10)} == {int(20 * share)}
    first = of_slice(plan, "random", 20)
    assert {v.reason for v in first} == {"random check"}
    assert {v.probability for v in first} == {round(int(20 * share) / 200, 9)}
    assert all(v.probability is None for v in plan.viewings if v.slice != "random")


def test_chance_brings_sure_tubes_too(tmp_path: Path) -> None:
    pool = dict.fromkeys(range(1, 301), SURE) | dict.fromkeys(range(301, 321), UNSURE)
    plan = planned_with(tmp_path, pool, used=champion(), random_share=0.25)
    assert any(number <= 300 for number in numbers(of_slice(plan, "random", 20)))


def test_what_is_drawn_stays_drawn_when_others_are_decided(tmp_path: Path) -> None:
    """A queue made again after a few answers draws the same ones first."""
    pool = many(100)
    before = numbers(of_slice(planned_with(tmp_path, pool, used=champion()), "random", 20))
    left = {i: row for i, row in pool.items() if i in before or i % 3}
    after = numbers(of_slice(planned_with(tmp_path, left, used=champion()), "random", 20))
    assert sorted(before) == sorted(after)


def test_a_part_of_what_is_drawn_is_blind_and_nothing_else(tmp_path: Path) -> None:
    plan = planned_with(tmp_path, many(400), used=champion(), random_share=0.25, blind_share=0.5)
    drawn = of_slice(plan, "random")
    assert 0.3 < np.mean([v.blind for v in drawn]) < 0.7
    assert not any(v.blind for v in plan.viewings if v.slice != "random")
    assert all(v.reason == "random check" for v in plan.viewings if v.blind)
    none = planned_with(tmp_path, many(60), used=champion(), blind_share=0.0)
    assert not any(v.blind for v in none.viewings)


def test_chance_alone_brings_reserved_tubes(tmp_path: Path) -> None:
    reserved = list(range(1, 61, 4))
    plan = planned_with(tmp_path, many(60), used=champion(), waits={"reserved": reserved})
    kept = [v for v in plan.viewings if v.tube_number in reserved]
    assert len(kept) == 15 and {v.slice for v in kept} == {"random"}
    assert any(v.tube_number in reserved for v in plan.viewings[:20])


def test_no_video_fills_a_batch_while_there_are_others(tmp_path: Path) -> None:
    pool = {i: UNSURE if i % 4 == 0 else SURE for i in range(1, 161)}
    plan = planned_with(tmp_path, pool, videos=4, used=champion())
    counts = Counter(v.video_id for v in of_slice(plan, "chosen", 20))
    assert max(counts.values()) == 7  # a third of twenty


def test_one_video_may_fill_a_batch(tmp_path: Path) -> None:
    plan = planned_with(tmp_path, many(30), used=champion())
    assert len(of_slice(plan, "chosen", 20)) == 17


def test_what_was_never_seen_is_looked_for_among_the_strangest(tmp_path: Path) -> None:
    usual = dict.fromkeys(range(1, 61), (0.1, 0.2, 0.3))
    odd = dict.fromkeys(range(61, 65), (20.0, 20.0, 20.0))
    waits = {"shown": {RUN: 3, WALK: 2}}
    pool = each_its_own(usual | odd)
    plan = planned_with(tmp_path, pool, used=champion(fall=0.0), waits=waits)
    looked_for = of_slice(plan, "discovery")
    assert {v.reason for v in looked_for} == {"never seen: fall"}
    drawn = numbers(of_slice(plan, "random", 20))
    assert len(looked_for) == 4
    assert set(odd) - set(drawn) <= set(numbers(looked_for + of_slice(plan, "chosen", 20)))
    assert set(numbers(looked_for)) & set(odd)


def test_what_was_marked_but_taught_nothing_is_looked_for_too(tmp_path: Path) -> None:
    used = champion({"run": 20, "walk": 20, "fall": 0}, fall=0.0)
    plan = planned_with(tmp_path, many(60), used=used, waits={"shown": {RUN: 3, FALL: 4}})
    assert {v.reason for v in of_slice(plan, "discovery")} == {
        "never seen: walk; not learned yet: fall"
    }


def test_nothing_is_looked_for_when_all_was_seen(tmp_path: Path) -> None:
    assert not of_slice(planned_with(tmp_path, many(60), used=champion()), "discovery")


@pytest.mark.parametrize("share", [0.0, 0.25])
def test_the_quota_is_the_project_s(tmp_path: Path, share: float) -> None:
    plan = planned_with(
        tmp_path, many(60), used=champion(), waits={"shown": {}}, discovery_share=share
    )
    assert len(of_slice(plan, "discovery")) == int(20 * share)


@pytest.mark.parametrize(
    ("run", "walk", "fall", "phase"),
    [
        (5, 5, 5, "uncertainty"),
        (5, 5, 4, "cold start"),
        (6, 5, 4, "uncertainty"),  # fifteen in all: five each if they were as frequent
        (9, 6, 0, "uncertainty"),  # what never turned up is looked for
        (50, 4, 4, "cold start"),  # one action alone
        (0, 0, 0, "cold start"),
    ],
)
def test_the_start_ends_when_there_is_enough_to_learn_from(
    tmp_path: Path, run: int, walk: int, fall: int, phase: str
) -> None:
    used = champion({"run": run, "walk": walk, "fall": fall})
    plan = planned_with(tmp_path, many(60), used=used)
    assert plan.viewings[0].asked_by["phase"] == phase


def test_an_action_of_few_examples_does_not_count_as_uncertain(tmp_path: Path) -> None:
    pool = dict.fromkeys(range(1, 31), (9.0, -9.0, 0.0)) | {31: (0.0, -9.0, -9.0)}
    used = champion({"run": 9, "walk": 9, "fall": 1})
    plan = planned_with(tmp_path, pool, used=used, waits={"reserved": range(1, 9)})
    assert next(v for v in plan.viewings if v.tube_number == 31).score == pytest.approx(
        0.5, abs=0.01
    )
    assert max(v.score for v in plan.viewings if v.tube_number != 31) < 0.01


def test_without_a_model_typical_tubes_come_first(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    clusters = {i: [30.0 * (i % 3), *rng.normal(size=3).tolist()] for i in range(1, 91)}
    plan = planned_with(tmp_path, clusters)
    chosen = of_slice(plan, "chosen", 20)
    assert chosen[0].reason == "typical of what nobody has reviewed yet"
    assert {number % 3 for number in numbers(chosen)} == {0, 1, 2}
    assert plan.acquisition == "k_means_medoids"


def test_without_features_the_clearest_detections_come_first(tmp_path: Path) -> None:
    tubes = [tube(n, score=score) for n, score in ((1, 0.6), (2, 0.9), (3, None), (4, 0.7))]
    plan = planned(known(waiting_of([scene(tubes)], labels(RUN)), tmp_path, champion()))
    assert numbers(of_slice(plan, "chosen")) == [2, 4, 1, 3]
    assert plan.viewings[0].reason == "detector score 0.90"
    assert plan.viewings[-1].reason == "not reviewed yet"
    assert plan.acquisition == "detector score"


def test_without_actions_the_most_doubtful_tubes_come_first(tmp_path: Path) -> None:
    tubes = [tube(1, score=0.9), tube(101, score=0.2), tube(201, score=0.4)]
    asked = {PERSON: labels()[PERSON]}
    plan = planned(known(waiting_of([scene(tubes)], asked), tmp_path))
    assert numbers(plan.viewings) == [101, 201, 1]
    assert [v.questions[0].kind for v in plan.viewings] == [QuestionKind.PERSON] * 3
    assert plan.viewings[0].reason == "detector score 0.20, not calibrated"


def test_all_questions_on_a_tube_are_asked_in_one_viewing(tmp_path: Path) -> None:
    jumping = tube(
        1,
        [(0, (0, 100, 50, 200)), (30, (10, 100, 60, 200)), (31, (500, 100, 550, 200)),
         (60, (500, 100, 550, 200))],
        score=0.31,
    )  # fmt: skip
    one = scene([jumping])
    keep(tmp_path, one, {1: (0.08, -0.12, -9.0)})
    plan = planned(known(waiting_of([one], labels(RUN, WALK, FALL)), tmp_path, champion()))
    (viewing,) = plan.viewings
    assert [str(question.kind) for question in viewing.questions] == ["actions", "tube", "person"]
    said = [question.reason for question in viewing.questions]
    assert said[0].startswith("hesitates between run and walk (0.52 / 0.47) at 0:0")
    assert said[1:] == ["jumps at 0:03", "detector score 0.31, not calibrated"]


@pytest.mark.parametrize("name", sorted(ACQUISITIONS))
def test_every_acquisition_function_can_be_chosen(tmp_path: Path, name: str) -> None:
    plan = planned_with(tmp_path, many(80), videos=4, used=champion(), acquisition=name)
    assert sorted(numbers(plan.viewings)) == list(range(1, 81))
    by = plan.viewings[0].asked_by
    if ACQUISITIONS[name].needs == "committee":
        # Nobody has reviewed a tube here.
        assert plan.acquisition == "mean_binary_entropy_k_means"
        assert f"'{name}' cannot choose here" in by["note"]
    else:
        assert (plan.acquisition, by["acquisition"], by["note"]) == (name, name, "")


def test_a_function_that_is_gone_is_replaced_and_that_is_said(tmp_path: Path) -> None:
    plan = planned_with(tmp_path, many(40), used=champion(), acquisition="crystal_ball")
    assert plan.acquisition == "mean_binary_entropy_k_means"
    assert (
        plan.viewings[0]
        .asked_by["note"]
        .startswith("There is no acquisition function 'crystal_ball' any more")
    )


def test_labels_of_which_one_holds_are_asked_by_margin(tmp_path: Path) -> None:
    one_of = {"exclusive": (frozenset({RUN, WALK, FALL}),)}
    plan = planned_with(tmp_path, many(60), used=champion(), waits=one_of)
    assert plan.acquisition == "margin_k_means"
    poses = {"exclusive": (frozenset({RUN, WALK}),)}
    mixed = planned_with(tmp_path, many(60), used=champion(), waits=poses)
    assert mixed.acquisition == "margin_k_means + mean_binary_entropy_k_means"


def test_an_action_added_after_the_model_is_looked_for(tmp_path: Path) -> None:
    one = scene([tube(i) for i in range(1, 41)])
    keep(tmp_path, one, many(40))
    asked = labels(RUN, WALK, FALL) | {8: LabelValue(8, LabelKind.ACTION, "jump")}
    plan = planned(known(waiting_of([one], asked), tmp_path, champion()))
    assert {v.reason for v in of_slice(plan, "discovery")} == {"never seen: jump"}
    waits = waiting_of([one], asked, shown={RUN: 1, WALK: 1, FALL: 1, 8: 1})
    plan = planned(known(waits, tmp_path, champion()))
    assert {v.reason for v in of_slice(plan, "discovery")} == {"not learned yet: jump"}


def test_an_action_that_is_not_asked_about_any_more_makes_nothing_uncertain(tmp_path: Path) -> None:
    one = scene([tube(1), tube(2)])
    keep(tmp_path, one, {1: (9.0, 0.0, 0.0), 2: (0.5, 9.0, 9.0)})
    plan = planned(known(waiting_of([one], labels(RUN)), tmp_path, champion()))
    assert numbers(plan.viewings)[0] == 2
    assert "walk" not in " ".join(v.reason for v in plan.viewings)


@pytest.mark.parametrize("constants", [(0.0, 0.0, 0.0), (np.nan, 0.0, 0.0), (0.9, 0.9, np.nan)])
def test_a_model_that_learned_little_still_ranks(
    tmp_path: Path, constants: tuple[float, ...]
) -> None:
    from dataclasses import replace

    used = champion()
    used = replace(used, model=replace(used.model, constants=np.array(constants)))
    for name in ("auto", "margin", "margin_k_means"):
        plan = planned_with(tmp_path, many(40), used=used, acquisition=name)
        assert sorted(numbers(plan.viewings)) == list(range(1, 41))


def test_tubes_all_alike_get_one_place_each(tmp_path: Path) -> None:
    plan = planned_with(tmp_path, dict.fromkeys(range(1, 61), (0.0, 0.0)), used=champion())
    assert sorted(numbers(plan.viewings)) == list(range(1, 61))


def test_why_and_by_what_can_be_read_off(tmp_path: Path) -> None:
    by = planned_with(tmp_path, many(30), used=champion(seed=7)).viewings[0].asked_by
    assert (by["seed"], by["phase"], by["ranked_by"], by["schema_version"], by["batch"]) == (
        7, "uncertainty", "score", 1, 0,
    )  # fmt: skip
    assert set(by["cost"]) == {"length_s", "actions", "edits"}


def test_labels_the_model_leaves_open_are_corrections_to_come(tmp_path: Path) -> None:
    pool = {1: (0.0, 0.5, 9.0), 100: (9.0, -9.0, -9.0), 200: (2.0, 0.0, 9.0)}
    plan = planned_with(tmp_path, pool, used=champion())
    edits = {v.tube_number: v.asked_by["cost"]["edits"] for v in plan.viewings}
    assert edits == {1: 2, 100: 0, 200: 1}


def test_nothing_to_rank(tmp_path: Path) -> None:
    assert planned(known(waiting_of([], labels(*NAMES)), tmp_path, champion())).viewings == []
    assert planned(known(waiting_of([scene()], {}), tmp_path)).viewings == []

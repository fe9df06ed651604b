"""The person of a replay: what is labeled, what it costs, and who lets a wrong proposal pass."""

import numpy as np
import pytest

from mlbackend.simulate.oracle import Oracle, Seconds
from mlbackend.simulate.problem import Rows

# Three tubes of two rows, of classes 0, 1 and 1.
POOL = Rows(np.zeros((6, 2)), np.array([0, 0, 1, 1, 1, 1]), np.array([0, 0, 1, 1, 2, 2]))
ALL = np.arange(3)
# The proposal is class 0 for tubes 0 and 1: the mean of a tube's rows decides, not each row.
P = np.array([[0.9, 0.1], [0.4, 0.6], [0.8, 0.2], [0.7, 0.3], [0.2, 0.8], [0.1, 0.9]])


def oracle(rate: float, seed: int = 0) -> Oracle:
    return Oracle(POOL, "one", rate, Seconds(accept=3.0, fix=9.0), seed)


def test_a_careful_person_tells_the_truth() -> None:
    said = oracle(0.0).aided(ALL, P)
    assert said.Y.tolist() == [0, 0, 1, 1, 1, 1]
    assert (said.seconds, said.wrong) == (9.0 + 3.0 + 3.0, 0)
    assert said.proposed_right == pytest.approx(2 / 3)


def test_who_accepts_everything_labels_what_the_model_said() -> None:
    said = oracle(1.0).aided(ALL, P)
    assert said.Y.tolist() == [0, 0, 0, 0, 1, 1]
    assert (said.seconds, said.wrong) == (9.0, 1)


def test_without_a_proposal_nothing_can_be_stamped() -> None:
    said = oracle(1.0).unaided(ALL)
    assert said.Y.tolist() == [0, 0, 1, 1, 1, 1]
    assert (said.seconds, said.wrong) == (27.0, 0)


def test_a_wrong_proposal_passes_about_as_often_as_is_said() -> None:
    """Drawn for each tube once: what passes at a rate passes at a higher one."""
    many = Rows(np.zeros((400, 1)), np.zeros(400, dtype=np.int64), np.arange(400))
    wrong = np.tile([0.0, 1.0], (400, 1))
    passed = {
        rate: Oracle(many, "one", rate, Seconds(), 5).aided(np.arange(400), wrong).Y
        for rate in (0.3, 0.5)
    }
    assert passed[0.3].mean() == pytest.approx(0.3, abs=0.06)
    assert passed[0.5].mean() == pytest.approx(0.5, abs=0.06)
    assert not (passed[0.3] > passed[0.5]).any()


def test_of_several_labels_what_was_not_asked_stays_so() -> None:
    truth = np.array([[1, 0], [0, -1]])
    pool = Rows(np.zeros((2, 1)), truth, np.arange(2))
    p = np.array([[0.9, 0.9], [0.1, 0.9]])
    said = Oracle(pool, "several", 1.0, Seconds(), 0).aided(np.arange(2), p)
    assert said.Y.tolist() == [[1, 1], [0, -1]]
    assert said.wrong == 1
    assert said.proposed_right == 0.5

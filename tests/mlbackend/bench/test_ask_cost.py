"""The bench of costs asks every function for a batch."""

from mlbackend.bench import ask_cost
from mlbackend.select.acquisition import ACQUISITIONS


def test_every_function_is_measured():
    said = []
    figures = ask_cost.run({"tubes": 200, "width": 8, "batch": 5}, said.append)
    assert list(figures) == list(ACQUISITIONS)
    assert len(said) == len(figures)
    assert all(seconds >= 0.0 for seconds in figures.values())

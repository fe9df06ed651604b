"""How a round's time grows: the fit by known numbers, and one real round on few tubes."""

import pytest

from mlbackend.bench import round as bench


def test_a_straight_line_is_found():
    found = bench.fit([1000, 2000, 4000], [3.0, 5.0, 9.0])
    assert (found["ms_per_tube"], found["fixed_s"], found["r2"]) == (2.0, 1.0, 1.0)
    assert 0.7 < found["power"] < 0.9


def test_a_power_is_found():
    assert bench.fit([10, 20, 40], [1.0, 4.0, 16.0])["power"] == 2.0
    assert bench.fit([10], [1.0]) == {}


@pytest.mark.services
def test_a_round_of_few_tubes_is_timed(tmp_path):
    said: list[str] = []
    found = bench.run({"sizes": [120], "folder": str(tmp_path)}, said.append)
    (row,) = found["rows"]
    assert (row["tubes"], row["labels"]) == (120, 120)
    assert list(row["steps"])[:2] == ["snapshot", "train"] and row["cpu_s"] > 0
    assert "snapshot" in said[1] and list(tmp_path.iterdir()) == []

"""The check of nets holds, and notices a net that is slightly wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from torch import nn

from mlbackend.nets import check, registry


@pytest.mark.parametrize("name", [name for name in registry.NETS if name != "mvit_v2_s"])
def test_recorded_logits(name: str) -> None:
    (row,) = check.check_reference([name])
    assert row.net == name and row.ok, row


def test_every_net_is_recorded() -> None:
    assert set(check._recorded()) == set(registry.NETS)


def test_wrong_nets_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The published pitfalls: batch norm's eps, and even padding."""
    spec = registry.NETS["i3d"]

    def wrong_eps(classes: int) -> nn.Module:
        net = spec.build(classes)
        for module in net.modules():
            if isinstance(module, nn.BatchNorm3d):
                module.eps = 1e-5
        return net

    (row,) = _checked_with(wrong_eps, monkeypatch)
    assert not row.ok and row.difference > 10 * row.allowed

    def even_padding(classes: int) -> nn.Module:
        net = spec.build(classes)
        stem = net.Conv3d_1a_7x7
        stem.forward = lambda x: stem.bn(
            nn.functional.conv3d(x, stem.conv3d.weight, None, 2, 3)
        ).relu()
        return net

    (row,) = _checked_with(even_padding, monkeypatch)
    assert not row.ok


def _checked_with(build, monkeypatch: pytest.MonkeyPatch) -> list[check.Checked]:
    import dataclasses

    wrong = dataclasses.replace(registry.NETS["i3d"], build=build)
    monkeypatch.setitem(registry.NETS, "i3d", wrong)
    return list(check.check_reference(["i3d"]))


def test_golden_files(shared_data: Path) -> None:
    rows = list(check.check_golden(shared_data / "golden", ["i3d_roi"]))
    assert len(rows) == 14 and all(row.ok for row in rows), rows
    assert {row.net for row in rows} == {"roi head", "detectors", "sampling"}


def test_a_folder_without_golden_files(tmp_path: Path) -> None:
    assert list(check.check_golden(tmp_path)) == []

"""A registry of two small nets, so that nothing large is built, and files to add."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn

from mlbackend.nets import faster_rcnn, registry
from tests.mlbackend.zoo.tiny_net import TINY, TinyNet


class OtherNet(TinyNet):
    """The same names, another width."""

    def __init__(self, num_classes: int) -> None:
        super().__init__(num_classes)
        self.body = nn.Sequential(nn.Conv3d(3, 6, 3, padding=1), nn.BatchNorm3d(6))
        self.fc = nn.Linear(6, num_classes)


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """The registry holds `tiny` and `other` alone."""
    other = replace(
        TINY, name="other", title="Other", build=lambda classes: OtherNet(classes).eval()
    )
    monkeypatch.setattr(registry, "NETS", {"tiny": TINY, "other": other})
    monkeypatch.setattr(faster_rcnn, "BUILDERS", {})


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    """The state dict of a tiny net of three classes."""
    torch.manual_seed(0)
    path = tmp_path / "given" / "walks.pt"
    path.parent.mkdir()
    torch.save(TinyNet(3).state_dict(), path)
    return path


@pytest.fixture
def names(tmp_path: Path) -> Path:
    path = tmp_path / "names.txt"
    path.write_text("walk\nrun\nwave\n")
    return path

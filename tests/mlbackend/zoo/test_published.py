"""The manifest agrees with torchvision, and files are known by sha256 or git's hash."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torchvision.models.video import r3d_18

from mlbackend.nets.registry import NETS
from mlbackend.zoo import find
from mlbackend.zoo.architectures import architectures
from mlbackend.zoo.classes import classes_named
from mlbackend.zoo.find import git_blob, published
from mlbackend.zoo.installed import STREAMS, Installed, _joined, installed, weights_for
from mlbackend.zoo.listing import listing
from mlbackend.zoo.load import load_net
from mlbackend.zoo.manifest import WEIGHTS, Use
from mlbackend.zoo.match import match
from mlbackend.zoo.plan import Wish, plan
from mlbackend.zoo.published import enum_member, facts

OF_TORCHVISION = [name for name, entry in WEIGHTS.items() if entry.enum]


def test_torchvisions_weights_are_as_torchvision_says() -> None:
    assert len(OF_TORCHVISION) == 9
    for name in OF_TORCHVISION:
        entry = WEIGHTS[name]
        member = enum_member(entry)
        assert entry.url == member.url
        assert entry.url.endswith(f"{entry.sha256}.pth") and len(entry.sha256) == 8
        assert list(classes_named(entry.classes)) == member.meta["categories"]
        assert facts(entry).megabytes == member.meta["_file_size"]


def test_a_video_nets_input_is_what_its_weights_were_measured_with() -> None:
    for name in OF_TORCHVISION:
        if WEIGHTS[name].use == Use.RECOGNIZER:
            (clip,) = NETS[name].inputs
            asked = enum_member(WEIGHTS[name]).transforms()
            assert clip.size == asked.crop_size[0]
            torch.testing.assert_close(torch.tensor(clip.mean), torch.tensor(asked.mean))
            torch.testing.assert_close(torch.tensor(clip.std), torch.tensor(asked.std))


def test_every_recognizers_weights_are_for_a_net_that_is_here() -> None:
    nets = architectures()
    for entry in WEIGHTS.values():
        assert entry.net in nets or entry.net in ("yolox", "d2go")
    for name, parts in STREAMS.items():
        assert name in nets and set(parts.values()) <= set(nets)


def test_i3ds_label_order_is_torchvisions(shared_data: Path) -> None:
    lines = (shared_data / "golden" / "kinetics400_label_map.txt").read_text().splitlines()
    assert tuple(lines) == classes_named("kinetics400")


def test_coco_has_80_classes_and_91_ids() -> None:
    assert len(classes_named("coco91")) == 91 and classes_named("coco91")[1] == "person"
    assert len(classes_named("coco80")) == 80 and classes_named("coco80")[0] == "person"
    assert len(set(classes_named("coco80"))) == 80


def test_gits_hash_is_gits(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"weights\0" * 1000)
    said = subprocess.run(["git", "hash-object", path], capture_output=True, text=True, check=True)
    assert git_blob(path) == said.stdout.strip()


def test_an_i3d_file_is_known_by_gits_hash_and_both_streams_make_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files of random weights stand for the published ones; only their hashes are exchanged."""
    torch.manual_seed(0)
    for stream, net in (("rgb", "i3d"), ("flow", "i3d_flow")):
        path = tmp_path / f"{stream}_imagenet.pt"
        state = NETS[net].build(400).state_dict()
        old = {k: v for k, v in state.items() if not k.endswith("num_batches_tracked")}
        torch.save(old, path)
        entry = WEIGHTS[f"i3d_{stream}_imagenet"]
        assert published(path) is None
        monkeypatch.setitem(find.WEIGHTS, entry.name, replace(entry, git_blob=git_blob(path)))
        assert published(path).name == entry.name
    assert [each.name for each in installed([tmp_path])] == [
        "i3d_rgb_imagenet",
        "i3d_flow_imagenet",
    ]
    both = weights_for("i3d_two_stream", [tmp_path])
    assert both is not None and both.classes == classes_named("kinetics400")
    net = load_net(both)
    rgb = torch.load(tmp_path / "rgb_imagenet.pt", weights_only=True)
    flow = torch.load(tmp_path / "flow_imagenet.pt", weights_only=True)
    key = "Mixed_4b.b0.conv3d.weight"
    torch.testing.assert_close(net.rgb.state_dict()[key], rgb[key])
    torch.testing.assert_close(net.flow.state_dict()[key], flow[key])
    shown = {item.name: item for item in listing([tmp_path])}
    assert shown["i3d_rgb_imagenet"].state == "here" and "i3d_two_stream" not in shown


def test_another_file_of_either_stream_makes_other_weights() -> None:
    """Vectors are kept, and models find their net, under this digest."""
    files = [
        Installed(f"{net}-{digit}", net, Path(digit), ("walk",), digit * 64, net, "", "", False, "")
        for net, digit in (("i3d", "a"), ("i3d_flow", "b"), ("i3d_flow", "c"), ("i3d", "d"))
    ]
    pairs = ((0, 1), (0, 2), (3, 1))
    digests = [_joined("i3d_two_stream", [files[a], files[b]]).sha256 for a, b in pairs]
    assert len(set(digests)) == 3
    assert _joined("i3d_two_stream", files[:2]).sha256 == digests[0]


def test_torchvisions_own_file_fills_the_net_by_its_names(tmp_path: Path) -> None:
    path = tmp_path / "mine.pth"
    torch.save(r3d_18(num_classes=400).state_dict(), path)
    found = plan(path, Wish(labels="kinetics400"))
    assert (found.net, found.labels, found.problems) == ("r3d_18", 400, ())
    state = torch.load(path, weights_only=True)
    assert not match(state, architectures()["mc3_18"]).fits


def test_the_list_says_of_everything_what_it_is_or_what_to_do(tmp_path: Path) -> None:
    items = listing([tmp_path])
    assert {item.net for item in items} >= set(architectures()) | {"yolox", "d2go", "hog_hof"}
    for item in items:
        assert item.state in ("absent", "built in")
        assert bool(item.to_do) == (item.state == "absent")
        assert item.title and item.needed_for
        assert item.can_fetch == (item.name in WEIGHTS and bool(WEIGHTS[item.name].url))
    uses = [item.use for item in items]
    assert uses == sorted(uses)  # detectors, then recognizers

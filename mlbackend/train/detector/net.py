"""A Faster R-CNN as a training begins: published or own weights for other categories, or none."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from labeling.domain.errors import InvalidInput
from mlbackend.nets import faster_rcnn

_HEAD = "roi_heads.box_predictor."
_CLASS, _BOX = f"{_HEAD}cls_score.", f"{_HEAD}bbox_pred."
# Early layers know edges and colors; with few frames they only get worse.
_FROZEN = {
    "mobilenet": tuple(f"backbone.body.{stage}." for stage in range(7)),
    "resnet": ("backbone.body.conv1.", "backbone.body.bn1.", "backbone.body.layer1."),
}


def begun(
    name: str,
    categories: Sequence[str],
    start: dict[str, Tensor] | None,
    start_categories: Sequence[str],
    *,
    seed: int,
    sides_px: tuple[int, int] | None = None,
) -> nn.Module:
    """Return the net for these categories, ready to be trained.

    Args:
        categories: the background first.
        start: weights of the same net; None leaves all random.
        start_categories: what those tell apart; the rows of the last layer that stand for a
            category of the same name go on from there, the others begin small.

    Raises:
        InvalidInput: the weights are not this net's.
    """
    torch.manual_seed(seed)
    net = faster_rcnn.build(name, score_floor=0.05, categories=len(categories), sides_px=sides_px)
    if start is None:
        return net
    own = net.state_dict()
    body = {key: value for key, value in start.items() if not key.startswith(_HEAD)}
    wrong = [k for k, v in body.items() if k not in own or own[k].shape != v.shape]
    lacking = [
        key
        for key in own
        if not key.startswith(_HEAD) and key not in body and not key.endswith("tracked")
    ]
    if wrong or lacking:
        raise InvalidInput(
            f"The weights to start from are not those of {name}: {len(wrong)} keys do not fit and "
            f"{len(lacking)} are missing, such as {(wrong or lacking)[0]}.",
            code="does_not_fit",
        )
    head = {key: own[key].clone() for key in own if key.startswith(_HEAD)}
    _carry_over(head, start, categories, start_categories)
    net.load_state_dict({**body, **head}, strict=False)
    return net


def _carry_over(
    head: dict[str, Tensor],
    start: dict[str, Tensor],
    categories: Sequence[str],
    known: Sequence[str],
) -> None:
    """Copy the rows of the categories that the start knows too."""
    lowered = [name.casefold() for name in known]
    for place, name in enumerate(categories):
        if name.casefold() not in lowered:
            continue
        old = lowered.index(name.casefold())
        for kind in ("weight", "bias"):
            head[_CLASS + kind][place] = start[_CLASS + kind][old]
            head[_BOX + kind][4 * place : 4 * place + 4] = start[_BOX + kind][4 * old : 4 * old + 4]


def freeze(net: nn.Module, name: str, *, from_scratch: bool) -> list[nn.Parameter]:
    """Keep the early layers of a net that has learned already; return what is trained."""
    kind = next(kind for kind in _FROZEN if kind in name)
    for key, parameter in net.named_parameters():
        parameter.requires_grad = from_scratch or not key.startswith(_FROZEN[kind])
    return [parameter for parameter in net.parameters() if parameter.requires_grad]


def train_mode(net: nn.Module, *, from_scratch: bool) -> None:
    """Set for training; normalization that has seen millions of pictures keeps its statistics."""
    net.train()
    if from_scratch:
        return
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eval()

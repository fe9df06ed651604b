"""What can be trained on this machine, and what it costs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from labeling import api
from mlbackend.models import Round
from mlbackend.train.champion import champion_row
from mlbackend.train.wish import DEFAULT_RECIPE

if TYPE_CHECKING:
    from mlbackend.nets.action_net import NetSpec
    from mlbackend.train.recipes import Recipe

# Measured: I3D (56 GFLOPs for 16 frames) in 0.56 s on two virtual cores in float32. A graphics
# card is taken for a small one until a round was measured on it.
CPU_GFLOPS_PER_CORE_S = 50.0
GPU_GFLOPS_PER_S = 5000.0
# Forward and backward cost about three times what forward does.
TRAINING = 3.0


def choices(project: api.ProjectValue) -> dict[str, Any]:
    """Recipes with the nets each may train, which of them can be trained now, and why not."""
    from mlbackend.nets.registry import NETS
    from mlbackend.train.net.params import DEFAULTS
    from mlbackend.train.recipes import RECIPES

    starts = {name: _start(name) for name in NETS}
    champion = champion_row(project.id)
    features = (champion.manifest if champion else {}).get("features", {})
    own = features.get("net") if "file" in features.get("weights", {}) else None
    rate = _gflops_per_s()
    return {
        "recipe": str(project.settings.get("recipe", DEFAULT_RECIPE)),
        "net": str(project.settings.get("net", "")),
        "windows": _windows(project.id),
        "recipes": [
            {
                "name": recipe.name,
                "title": recipe.title,
                "about": recipe.about,
                "needs_net": recipe.nets == "always",
                "trains_net": recipe.trains_net,
                "params": DEFAULTS[recipe.name].as_dict() if recipe.name in DEFAULTS else {},
                "nets": [
                    _choice(recipe, spec, starts[spec.name], own == spec.name, rate)
                    for spec in NETS.values()
                ]
                if recipe.nets == "always"
                else [],
            }
            for recipe in RECIPES.values()
        ],
    }


def _choice(
    recipe: Recipe, spec: NetSpec, installed: str, is_champions: bool, rate: float
) -> dict[str, Any]:
    start = "the model in use" if is_champions else installed
    available = bool(start) or recipe.name == "full"
    measured = _measured(spec.name) if recipe.trains_net else None
    guess = spec.gflops * (TRAINING if recipe.trains_net else 1.0) / rate if spec.gflops else None
    return {
        "net": spec.name,
        "title": spec.title,
        "gflops": spec.gflops,
        "start": start,
        "available": available,
        "reason": "" if available else "No trained weights of it are here; see Models.",
        "seconds_per_window": measured or guess,
        "measured": measured is not None,
    }


def _start(net: str) -> str:
    """The title of the weights that are here for a net; empty without any."""
    from mlbackend.zoo.folders import weights_folders
    from mlbackend.zoo.installed import weights_for

    found = weights_for(net, weights_folders())
    return found.title if found else ""


def _measured(net: str) -> float | None:
    """Seconds a window took in the last round that trained this net here."""
    rows = Round.objects.filter(net=net, state=Round.State.DONE).order_by("-finished_at")
    for card in rows.values_list("card", flat=True)[:5]:
        rate = (card.get("speed") or {}).get("training_clips_per_s")
        if rate:
            return 1.0 / float(rate)
    return None


def _windows(project_id: int) -> int | None:
    """How many windows the last round learned from."""
    rows = Round.objects.filter(project_id=project_id, state=Round.State.DONE).order_by("-number")
    for card in rows.values_list("card", flat=True)[:1]:
        return ((card.get("data") or {}).get("train") or {}).get("windows")
    return None


def _gflops_per_s() -> float:
    import torch

    if torch.cuda.is_available():
        return GPU_GFLOPS_PER_S * torch.cuda.device_count()
    return CPU_GFLOPS_PER_CORE_S * (os.cpu_count() or 1)

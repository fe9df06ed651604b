"""The model card, written by the training itself: what it learned from, how, how well, how fast."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from labeling import api
from mlbackend.evaluate.promotion import FEWEST_VIDEOS
from mlbackend.train import card_figures as figures
from mlbackend.train.card_pictures import failure_picture
from mlbackend.train.card_text import as_markdown
from mlbackend.train.dataset import Rows
from mlbackend.train.loop import answers, bootstrap_groups, measured
from mlbackend.train.truth import ReviewedTube, reviewed_tubes

if TYPE_CHECKING:
    from mlbackend.train.record import Made

CARD, TEXT, PICTURES = "card.json", "card.md", "pictures"
EACH_KIND = 4
# Speed is measured on this many windows of one tube, read from its video as proposals are.
TIMED_WINDOWS = 4
FEW_TUBES = 30


def write_card(made: Made, manifest: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Path]]:
    """Write the card into the work's folder.

    Returns:
        The card, and its files by the path they get in the model's folder.
    """
    folder = made.work.folder / "card"
    tubes = {(t.video_id, t.tube.id): t for t in reviewed_tubes(made.work.content)}
    card = {
        "model": f"round {made.running.number}",
        "data": _data(made, tubes, manifest),
        "training": _training(made, manifest),
        **_measured(made),
        "speed": _speed(made, tubes),
        "licence": manifest["licence"],
    }
    card["failures"] = _failures(made, tubes, folder)
    card["limits"] = _limits(card, made)
    files = {name: folder / name for name in (CARD, TEXT)}
    folder.mkdir(parents=True, exist_ok=True)
    files[CARD].write_text(json.dumps(card, indent=1) + "\n")
    files[TEXT].write_text(as_markdown(card))
    for failure in card["failures"]:
        files[failure["picture"]] = folder / failure["picture"]
    return card, files


Tubes = dict[tuple[str, str], ReviewedTube]


def _data(made: Made, tubes: Tubes, manifest: dict[str, Any]) -> dict[str, Any]:
    dataset = made.outcome.dataset
    counts = manifest["counts"]
    return {
        "snapshot_hash": made.snapshot_hash,
        "evaluated_on": dataset.rule.value,
        "train": _amount(dataset.train, tubes),
        "hold_out": _amount(dataset.hold_out, tubes),
        "classes": [
            {
                "name": name,
                "train_windows": counts["train"][name],
                "hold_out_windows": counts["hold_out"][name],
            }
            for name in dataset.label_names
        ],
    }


def _amount(rows: Rows, tubes: Tubes) -> dict[str, Any]:
    """Windows, tubes, videos, and hours of tubes."""
    pairs = set(zip(rows.video_ids.tolist(), rows.tube_ids.tolist(), strict=True))
    seconds = 0.0
    bases = {video_id: api.video(video_id).timebase for video_id in {v for v, _ in pairs}}
    for video_id, tube_id in pairs:
        tube, base = tubes[video_id, tube_id].tube, bases[video_id]
        last = base.time_s(tube.end_frame) if tube.end_frame < base.frame_count else base.duration_s
        seconds += last - base.time_s(tube.start_frame)
    return {
        "windows": len(rows.Y),
        "tubes": len(pairs),
        "videos": len(bases),
        "hours": round(seconds / 3600, 3),
    }


def _training(made: Made, manifest: dict[str, Any]) -> dict[str, Any]:
    from mlbackend.train.recipes import RECIPES

    facts, wish = made.learned.facts, made.work.wish
    kept = ("precision", "trained_parameters", "parameters", "processes", "seconds", "calibrated")
    return {
        "recipe": wish.recipe,
        "title": RECIPES[wish.recipe].title,
        "net": _net(wish.net),
        "params": manifest["params"],
        "seed": manifest["seed"],
        "mirror": manifest["mirror"],
        "start": manifest["start"],
        "parent": made.champion.name if made.champion else None,
        **{key: facts[key] for key in kept if key in facts},
    }


def _net(name: str) -> dict[str, Any]:
    if not name:
        return {"name": "", "title": "HOG/HOF along the tube", "source": "", "gflops": None}
    from mlbackend.nets.registry import spec as spec_of

    spec = spec_of(name)
    return {"name": name, "title": spec.title, "source": spec.source, "gflops": spec.gflops}


def _measured(made: Made) -> dict[str, Any]:
    rows, dataset = made.outcome.dataset.hold_out, made.outcome.dataset
    if not len(rows.Y):
        return {"metrics": None, "calibration": {"ece": None, "bins": []}}
    model = made.learned.model
    groups, what = bootstrap_groups(dataset)
    said = answers(model, rows, dataset.label_ids)
    macro, each = figures.f1_intervals(rows.Y, said, groups, made.running.number)
    report = made.outcome.candidate
    per_class = [
        {
            "name": name,
            "f1": None if np.isnan(interval.value) else interval.as_dict(),
            "precision": round(ratios.precision, 4),
            "recall": round(ratios.recall, 4),
            "support": support,
        }
        for name, interval, ratios, support in zip(
            dataset.label_names, each, report.per_class, report.support, strict=True
        )
    ]
    return {
        "metrics": {
            "macro_f1": macro.as_dict(),
            "accuracy": round(report.accuracy, 4),
            "per_class": per_class,
            "windows": report.n,
            "redrawn": what,
            "groups": len(np.unique(groups)),
            "decision": made.outcome.decision.name,
            "reason": made.outcome.decision.reason,
        },
        "calibration": figures.calibration(rows.Y, model.predict_proba(rows.X)),
    }


def _speed(made: Made, tubes: Tubes) -> dict[str, Any]:
    """Windows a second from the video's file to features, on one tube of the hold-out."""
    facts = made.learned.facts
    found: dict[str, Any] = {"machine": machine(), "windows_per_s": None}
    if facts.get("clips_per_s"):
        found["training_clips_per_s"] = round(facts["clips_per_s"], 3)
    rows = made.outcome.dataset.hold_out
    rows = rows if len(rows.Y) else made.outcome.dataset.train
    video_id, tube_id = str(rows.video_ids[0]), str(rows.tube_ids[0])
    own = rows.windows[(rows.video_ids == video_id) & (rows.tube_ids == tube_id)][:TIMED_WINDOWS]
    seconds = _timed(made, tubes[video_id, tube_id], [(int(a), int(b)) for a, b in own])
    if seconds:
        found["windows_per_s"] = round(len(own) / seconds, 2)
    return found


def _timed(made: Made, reviewed: ReviewedTube, windows: list[tuple[int, int]]) -> float | None:
    from labeling.domain.errors import TubelabError
    from mlbackend.data.shared_decode import read_together
    from mlbackend.train.features import clip_of

    clip = clip_of(api.video(reviewed.video_id))
    try:
        reading = made.learned.descriptor.reading(clip, [reviewed.tube], {0: windows})
        begun = time.perf_counter()
        read_together(clip, [reading], lambda *_: None)
    except (TubelabError, OSError):
        return None  # The file has gone since its features were kept.
    return time.perf_counter() - begun


def machine() -> str:
    """This machine by what matters for speed, and nothing that names it."""
    import torch

    cores = f"{os.cpu_count()} CPU cores"
    if not torch.cuda.is_available():
        return f"{cores}, no GPU"
    count = torch.cuda.device_count()
    return f"{cores}, {count} x {torch.cuda.get_device_name(0)}"


def _failures(made: Made, tubes: Tubes, folder: Path) -> list[dict[str, Any]]:
    rows, model, dataset = made.outcome.dataset.hold_out, made.learned.model, made.outcome.dataset
    if not len(rows.Y):
        return []
    found = []
    p = model.predict_proba(rows.X)
    for number, failure in enumerate(figures.worst(rows, p, model.thresholds, EACH_KIND), start=1):
        video_id, tube_id = str(rows.video_ids[failure.row]), str(rows.tube_ids[failure.row])
        window = int(rows.windows[failure.row, 0]), int(rows.windows[failure.row, 1])
        video, tube = api.video(video_id), tubes[video_id, tube_id].tube
        name = f"{PICTURES}/{number}.jpg"
        if failure_picture(video, tube, window, failure.kind, folder / name):
            found.append(
                {
                    "kind": failure.kind,
                    "label": dataset.label_names[failure.column],
                    "p": round(failure.p, 3),
                    "threshold": round(float(model.thresholds[failure.column]), 3),
                    "video": video.name,
                    "video_id": video_id,
                    "tube": tube.number,
                    "time_s": round(video.timebase.time_s((window[0] + window[1] - 1) // 2), 2),
                    "picture": name,
                }
            )
    return found


def _few_videos(made: Made) -> bool:
    on = measured(made.outcome.dataset)
    return on.videos is not None and on.videos < FEWEST_VIDEOS


def _limits(card: dict[str, Any], made: Made) -> list[str]:
    """What the figures of this very model say should not be expected of it."""
    found = []
    held, metrics, data = card["data"]["hold_out"], card["metrics"], card["data"]
    if metrics is None:
        found.append("Nothing was held out to measure on: how good it is, is not known.")
    elif held["tubes"] < FEW_TUBES or _few_videos(made):
        found.append(
            f"Measured on {held['tubes']} tubes of {held['videos']} videos only: the figures may "
            "be chance, and intervals of so few tubes are too narrow."
        )
    rows = made.outcome.dataset
    both = set(rows.train.video_ids.tolist()) & set(rows.hold_out.video_ids.tolist())
    if both:
        found.append(
            f"{len(both)} of the videos it was measured on it also learned from: on other videos "
            "it will be worse."
        )
    never = [c["name"] for c in data["classes"] if not c["train_windows"]]
    if never:
        found.append(f"Never answers {', '.join(never)}: no reviewed window shows it.")
    few = [c["name"] for c in data["classes"] if 0 < c["train_windows"] < 20]
    if few:
        found.append(f"Learned from fewer than 20 windows: {', '.join(few)}.")
    ece = card["calibration"]["ece"]
    if ece is not None and ece > 0.1:
        found.append(f"Its probabilities are off by {ece:.2f} on average; rank by them only.")
    start = card["training"]["start"] or {}
    if start.get("source") == "scratch":
        found.append("Trained from random weights on this project alone: it knows no other scenes.")
    uncorrected = [n for n, how in card["training"].get("calibrated", {}).items() if how == "none"]
    if uncorrected:
        found.append(f"Not calibrated for lack of tubes: {', '.join(uncorrected)}.")
    found.append("Sees one person at a time, in windows of about a second; longer actions are "
                 "pieced together from these.")  # fmt: skip
    return found

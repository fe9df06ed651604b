"""The report of a simulation: what `--json` and `--csv` write, and the table on the terminal."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from mlbackend.simulate.choice import default_for
from mlbackend.simulate.figures import figures
from mlbackend.simulate.replay import Curve
from mlbackend.simulate.settings import Played, Settings
from mlbackend.simulate.sources import Source

FORMAT = 1
_HEAD = ("function", "labels to 90", "95", "98", "ratio to random", "wins", "area", "end", "hours")


def report(source: Source, settings: Settings, played: Sequence[Played]) -> dict[str, Any]:
    """All figures; docs/simulate.md says what each means.

    Args:
        played: in order of the seeds; sizes are those of the first.
    """
    default = default_for(source.kind)
    full = [each.full for each in played]
    rates = [_of_rate(rate, settings, played, full) for rate in settings.rates]
    first = rates[0]["functions"]
    found = {
        "format": FORMAT,
        "data": source.about() | played[0].about,
        "metric": played[0].metric,
        "default": default,
        "target": settings.target,
        "ratio_to_random": first[default]["ratio_to_random"],
        "labels_to_95": _medians(first, 95),
        f"labels_to_{settings.target}": _medians(first, settings.target),
        "full": {"mean": _r(sum(full) / len(full)), "each": [_r(score) for score in full]},
        "settings": _settings(settings),
        "seeds": [each.seed for each in played],
        "rates": rates,
        "notes": sorted({note for each in played for note in each.notes}),
    }
    return found | {"sha256": digest(found)}


def digest(found: dict[str, Any]) -> str:
    """SHA-256 of a report's canonical text, without `sha256` and `wall_seconds`."""
    said = {name: part for name, part in found.items() if name not in ("sha256", "wall_seconds")}
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _of_rate(
    rate: float, settings: Settings, played: Sequence[Played], full: list[float]
) -> dict[str, Any]:
    curves = {name: [each.curves[rate][name] for each in played] for name in settings.functions}
    found = figures(curves, full, settings.target)
    for name, own in curves.items():
        found[name]["each_seed"] = [_rounded(curve) for curve in own]
    return {"rate": rate, "functions": found}


def _medians(functions: dict[str, Any], percent: int) -> dict[str, float | None]:
    return {name: of["labels_to"][str(percent)]["median"] for name, of in functions.items()}


def _rounded(curve: Curve) -> dict[str, Any]:
    return {
        name: [_r(value) if isinstance(value, float) else value for value in values]
        for name, values in asdict(curve).items()
    }


def _settings(settings: Settings) -> dict[str, Any]:
    found = asdict(settings)
    plan = found.pop("plan")
    del plan["rate"]
    return found | plan


def as_csv(found: dict[str, Any]) -> str:
    """A line a round of each replay."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        ["rate", "function", "seed", "labels", "score", "seconds", "asked_right", "wrong"]
    )
    for part in found["rates"]:
        for name, of in part["functions"].items():
            for seed, curve in zip(found["seeds"], of["each_seed"], strict=True):
                columns = [curve[c] for c in ("labels", "score", "seconds", "asked_right", "wrong")]
                rows = zip(*columns, strict=True)
                writer.writerows([part["rate"], name, seed, *row] for row in rows)
    return out.getvalue()


def table_rows(part: dict[str, Any], target: int) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Head and lines of the table of one rate."""
    head = tuple(f"{name} ({target} %)" if name == "ratio to random" else name for name in _HEAD)
    return head, [_line(name, of, target) for name, of in part["functions"].items()]


def _line(name: str, of: dict[str, Any], target: int) -> tuple[str, ...]:
    ratio, to = of["ratio_to_random"], of["labels_to"]
    seconds = of["seconds_to"][str(target)]["median"]
    return (
        name,
        *("-" if to[p]["median"] is None else f"{to[p]['median']:g}" for p in ("90", "95", "98")),
        f"{ratio['median']:.2f} [{ratio['low']:.2f}, {ratio['high']:.2f}]",
        f"{ratio['wins']} of {ratio['seeds']}",
        f"{of['area']['mean']:.3f}",
        f"{of['final']['mean']:.3f}",
        "-" if seconds is None else f"{seconds / 3600:.2f}",
    )


def _r(value: float) -> float:
    return round(float(value), 6)

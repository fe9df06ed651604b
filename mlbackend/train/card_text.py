"""A model card as Markdown."""

from __future__ import annotations

from typing import Any


def as_markdown(card: dict[str, Any]) -> str:
    """The card as a page of text; pictures are linked by their path beside it."""
    parts = [
        f"# Model of {card['model']}",
        _data(card["data"]),
        _training(card["training"]),
        _figures(card),
        _speed(card["speed"]),
        "## Licence\n\n" + card["licence"],
        "## Known limits\n\n" + "\n".join(f"- {limit}" for limit in card["limits"]),
        _failures(card["failures"]),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _data(data: dict[str, Any]) -> str:
    lines = [
        "## Data",
        "",
        f"Snapshot `{data['snapshot_hash']}`, measured on {data['evaluated_on']}.",
        "",
        "| | windows | tubes | videos | hours of tubes |",
        "|---|---|---|---|---|",
    ]
    for name, key in (("learned from", "train"), ("measured on", "hold_out")):
        part = data[key]
        lines.append(
            f"| {name} | {part['windows']} | {part['tubes']} | {part['videos']} | "
            f"{part['hours']:.3f} |"
        )
    lines += ["", "| class | windows learned from | measured on |", "|---|---|---|"]
    lines += [
        f"| {_cell(c['name'])} | {c['train_windows']} | {c['hold_out_windows']} |"
        for c in data["classes"]
    ]
    return "\n".join(lines)


def _training(training: dict[str, Any]) -> str:
    net, start = training["net"], training["start"]
    lines = ["## Training", "", f"Recipe `{training['recipe']}` ({training['title']})."]
    source = f" ({net['source']})" if net["source"] else ""
    lines.append(f"Net: {net['title']}{source}.")
    if start:
        terms = f", licence: {start['licence']}" if start["licence"] else ""
        digest = f", sha256 `{start['sha256']}`" if start["sha256"] else ""
        lines.append(f"Began with {start['title']}{digest}{terms}.")
    lines.append(f"Parent: {training['parent'] or 'none'}. Seed {training['seed']}.")
    lines += ["", "| parameter | value |", "|---|---|"]
    lines += [f"| {name} | {value} |" for name, value in training["params"].items()]
    for name in ("precision", "parameters", "trained_parameters", "processes", "seconds"):
        if name in training:
            value = training[name]
            shown = f"{value:.0f}" if isinstance(value, float) else value
            lines.append(f"| {name.replace('_', ' ')} | {shown} |")
    return "\n".join(lines)


def _figures(card: dict[str, Any]) -> str:
    metrics = card["metrics"]
    if metrics is None:
        return "## Figures\n\nNothing was held out to measure on."
    lines = [
        "## Figures",
        "",
        f"On {metrics['windows']} windows; 95 % intervals by redrawing {metrics['groups']} "
        f"{metrics['redrawn']}. {metrics['reason']}",
        "",
        "| class | F1 | 95 % | precision | recall | windows |",
        "|---|---|---|---|---|---|",
    ]
    for row in metrics["per_class"]:
        f1 = row["f1"]
        shown = f"{f1['value']:.2f} | {f1['low']:.2f} to {f1['high']:.2f}" if f1 else "– | –"
        lines.append(
            f"| {_cell(row['name'])} | {shown} | {row['precision']:.2f} | {row['recall']:.2f} | "
            f"{row['support']} |"
        )
    macro = metrics["macro_f1"]
    lines.append(
        f"| macro | {macro['value']:.2f} | {macro['low']:.2f} to {macro['high']:.2f} | | | "
        f"{metrics['windows']} |"
    )
    ece = card["calibration"]["ece"]
    lines += ["", f"Expected calibration error: {'–' if ece is None else f'{ece:.3f}'}."]
    return "\n".join(lines)


def _speed(speed: dict[str, Any]) -> str:
    rate, lines = speed["windows_per_s"], ["## Speed", "", f"On {speed['machine']}:"]
    if rate is None:
        lines.append("not measured, the video's file is gone.")
    else:
        lines.append(f"{rate:g} windows a second, from the video's file to features.")
    if "training_clips_per_s" in speed:
        lines.append(f"In training {speed['training_clips_per_s']:g} clips a second.")
    return "\n".join(lines)


def _failures(failures: list[dict[str, Any]]) -> str:
    if not failures:
        return ""
    lines = ["## Failures", "", "The worst of the windows it was measured on."]
    for failure in failures:
        said = "said" if failure["kind"] == "false positive" else "missed"
        lines += [
            "",
            f"![{failure['kind']}]({failure['picture']})",
            "",
            f"{_cell(failure['label'])}, {said} at {failure['p']:.2f} (threshold "
            f"{failure['threshold']:.2f}): {_cell(failure['video'])}, tube {failure['tube']}, "
            f"{failure['time_s']:.1f} s.",
        ]
    return "\n".join(lines)


def _cell(text: str) -> str:
    """A person's text inside a table or a line: no mark of it counts."""
    plain = " ".join(str(text).split())
    return "".join(f"\\{c}" if c in "\\|`*_[]<>#" else c for c in plain)

"""The learning curves as a picture (SVG): a line and a band a function, a panel a rate."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from mlbackend.simulate.figures import CONTROL

WIDTH, PANEL = 980, 430
LEFT, RIGHT, TOP, BOTTOM = 70, 330, 64, 56
TICKS = 6
# Okabe and Ito's colors, told apart by color-blind people; random is gray and dashed.
COLORS = (
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7b4fa3", "#8c6d1f",
    "#b2182b", "#1b7837", "#4d4d4d", "#e7298a", "#666600", "#2b8cbe",
)  # fmt: skip
GRAY, DARK = "#7a7a7a", "#222222"
WORDS = {"accuracy": "accuracy", "macro_f1": "macro F1", "mean_ap": "mean average precision"}


@dataclass(frozen=True)
class _Axes:
    """From labels and score to places in the picture, px."""

    most_labels: float
    low: float
    high: float
    top: float

    def x(self, labels: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * labels / self.most_labels

    def y(self, score: float) -> float:
        height = PANEL - TOP - BOTTOM
        return self.top + TOP + height * (1 - (score - self.low) / (self.high - self.low))

    def path(self, labels: Sequence[float], scores: Sequence[float]) -> str:
        points = (f"{self.x(n):.1f},{self.y(s):.1f}" for n, s in zip(labels, scores, strict=True))
        return " ".join(points)


def picture(found: dict[str, Any]) -> str:
    """The report's curves as SVG text; the same report gives the same text."""
    panels = [_panel(found, part, i * PANEL) for i, part in enumerate(found["rates"])]
    height = PANEL * len(panels)
    title = escape(f"{found['data']['name']}: {WORDS[found['metric']]} against labels")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" font-family="sans-serif" font-size="13" role="img">\n'
        f'<title>{title}</title>\n<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>\n'
        + "\n".join(panels)
        + "\n</svg>\n"
    )


def _panel(found: dict[str, Any], part: dict[str, Any], top: float) -> str:
    axes = _axes(part["functions"], found["full"]["mean"], top)
    colors = _colors(list(part["functions"]))
    pieces = [_title(found, part, top), *_grid(axes, WORDS[found["metric"]])]
    pieces += _goal(axes, found)
    for name, of in part["functions"].items():
        pieces += _curve(axes, of["curve"], colors[name], dashed=name == CONTROL)
    pieces += _legend(found, part, colors, top)
    return "\n".join(pieces)


def _axes(functions: dict[str, Any], full: float, top: float) -> _Axes:
    curves = [of["curve"] for of in functions.values()]
    low = min(min(curve["low"]) for curve in curves)
    high = max([full, *(max(curve["high"]) for curve in curves)])
    step = _step(max(high - low, 0.02) / TICKS)
    most = max(curve["labels"][-1] for curve in curves)
    return _Axes(most, math.floor(low / step) * step, math.ceil(high / step) * step, top)


def _step(rough: float) -> float:
    """1, 2 or 5 times a power of ten, the next above."""
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * m for m in (1, 2, 5, 10) if power * m >= rough * 0.999)


def _ticks(low: float, high: float) -> list[float]:
    step = _step((high - low) / TICKS)
    first = math.ceil(low / step - 1e-9)
    return [i * step for i in range(first, math.floor(high / step + 1e-9) + 1)]


def _colors(names: Sequence[str]) -> dict[str, str]:
    others = [name for name in names if name != CONTROL]
    colored = {name: COLORS[i % len(COLORS)] for i, name in enumerate(others)}
    return {CONTROL: GRAY, **colored}


def _title(found: dict[str, Any], part: dict[str, Any], top: float) -> str:
    seeds, words = len(found["seeds"]), []
    if len(found["rates"]) > 1 or part["rate"]:
        words.append(f"{part['rate']:.0%} of wrong proposals accepted")
    if found["settings"]["shuffled"]:
        words.append("labels shuffled")
    what = f"{found['data']['name']}: {WORDS[found['metric']]}"
    line = ", ".join([what, *words])
    under = f"mean of {seeds} seeds; the band holds the middle half of them"
    if seeds == 1:
        under = "one seed"
    return (
        _text(LEFT, top + 24, line, size=16, weight="bold")
        + "\n"
        + _text(LEFT, top + 44, under, color="#555555")
    )


def _grid(axes: _Axes, metric: str) -> list[str]:
    bottom, right = axes.y(axes.low), axes.x(axes.most_labels)
    pieces = []
    for value in _ticks(axes.low, axes.high):
        y = axes.y(value)
        pieces.append(_line(LEFT, y, right, y, "#e4e4e4"))
        pieces.append(_text(LEFT - 8, y + 4, f"{value:.3g}", anchor="end", color="#444444"))
    for value in _ticks(0, axes.most_labels):
        x = axes.x(value)
        pieces.append(_line(x, bottom, x, bottom + 5, "#444444"))
        pieces.append(_text(x, bottom + 20, f"{value:g}", anchor="middle", color="#444444"))
    pieces.append(_line(LEFT, bottom, right, bottom, "#444444"))
    pieces.append(_line(LEFT, axes.y(axes.high), LEFT, bottom, "#444444"))
    pieces.append(_text((LEFT + right) / 2, bottom + 42, "labels, one a tube", anchor="middle"))
    middle = (axes.y(axes.high) + bottom) / 2
    turned = f'transform="rotate(-90 20 {middle:.1f})"'
    pieces.append(_text(20, middle, metric, anchor="middle", more=turned))
    return pieces


def _goal(axes: _Axes, found: dict[str, Any]) -> list[str]:
    score = found["full"]["mean"] * found["target"] / 100
    if not axes.low < score < axes.high:
        return []
    return [_line(LEFT, axes.y(score), axes.x(axes.most_labels), axes.y(score), DARK, dash="2 4")]


def _curve(axes: _Axes, curve: dict[str, list[float]], color: str, *, dashed: bool) -> list[str]:
    labels = curve["labels"]
    there = axes.path(labels, curve["high"])
    back = axes.path(labels[::-1], curve["low"][::-1])
    dash = ' stroke-dasharray="7 4"' if dashed else ""
    return [
        f'<polygon points="{there} {back}" fill="{color}" fill-opacity="0.13"/>',
        f'<polyline points="{axes.path(labels, curve["mean"])}" fill="none" stroke="{color}" '
        f'stroke-width="2.2" stroke-linejoin="round"{dash}/>',
    ]


def _legend(
    found: dict[str, Any], part: dict[str, Any], colors: dict[str, str], top: float
) -> list[str]:
    x, y = WIDTH - RIGHT + 120, top + TOP + 4
    target = str(found["target"])
    pieces = [_text(x - 96, y, f"labels to {target} %", color="#555555", size=12)]
    for i, (name, of) in enumerate(part["functions"].items(), start=1):
        at = y + 20 * i
        to = of["labels_to"][target]["median"]
        dash = "7 4" if name == CONTROL else ""
        pieces.append(_line(x - 96, at - 4, x - 72, at - 4, colors[name], width=3, dash=dash))
        pieces.append(_text(x - 38, at, "-" if to is None else f"{to:g}", anchor="end"))
        weight = "bold" if name == found["default"] else "normal"
        pieces.append(_text(x - 28, at, name, weight=weight, size=12))
    at = y + 20 * (len(part["functions"]) + 1)
    pieces.append(_line(x - 96, at - 4, x - 72, at - 4, DARK, dash="2 4"))
    words = f"{target} % of what all labels give"
    return [*pieces, _text(x - 62, at, words, color=DARK, size=12)]


def _line(
    x1: float, y1: float, x2: float, y2: float, color: str, *, width: float = 1, dash: str = ""
) -> str:
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{color}" '
        f'stroke-width="{width}"{dashed}/>'
    )


def _text(
    x: float, y: float, words: str, *, anchor: str = "start", color: str = "#111111",
    size: int = 13, weight: str = "normal", more: str = "",
) -> str:  # fmt: skip
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{color}" font-size="{size}" '
        f'font-weight="{weight}" {more}>{escape(words)}</text>'
    )

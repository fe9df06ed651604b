"""Tubes and actions as a table: what people said, and what was answered.

A row is a tube that people stand by; a column an action. The truth is yes where they marked it
within what they reviewed for that action, no where they reviewed and did not, and not asked where
nobody reviewed or only an undecided proposal speaks. A tube's score for an action is the best one
proposed for it.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labeling.domain.errors import InvalidInput
from labeling.domain.state import State
from labeling.domain.tube import Tube
from mlbackend.evaluate.classification import NOT_ASKED
from mlbackend.measure.project import Measured, nothing
from mlbackend.measure.said import Said, pieces

# Label id → best score of a tube.
Scores = dict[int, float]


@dataclass(frozen=True)
class Rows:
    """Truth (N, C) of 1, 0 and -1 (not asked), and scores (N, C), -inf where nothing was said."""

    truth: NDArray[np.int8]
    scores: NDArray[np.float64]

    @property
    def proposed(self) -> NDArray[np.bool_]:
        return np.isfinite(self.scores)

    def asked(self) -> "Rows":
        """The rows with at least one answer to give."""
        kept = (self.truth != NOT_ASKED).any(axis=1)
        return Rows(self.truth[kept], self.scores[kept])


def from_proposals(measured: Measured, label_ids: Sequence[int]) -> Rows:
    """What runs proposed on the tubes they saw.

    Raises:
        InvalidInput: they never proposed an action.
    """
    seen = [said for said in measured.said if any(map(_is_proposed_action, said.video["spans"]))]
    if not seen:
        raise nothing(
            "no action was proposed in these videos yet. Train a model, or upload predictions"
        )
    if len(seen) < len(measured.said):
        measured.notes.append(
            f"In {len(measured.said) - len(seen)} of {len(measured.said)} videos no action was "
            "proposed: they do not count."
        )
    rejected = sum(tube.state is State.REJECTED for said in seen for tube in said.tubes.values())
    if rejected:
        measured.notes.append(
            f"{rejected} rejected tubes are left out: actions are measured on people who are there."
        )
    rows: list[tuple[Scores, Scores]] = []
    for index, said in enumerate(seen):
        measured.tell(0.4 + 0.5 * index / len(seen), f"Measuring {said.video['name']}.")
        rows += _proposed(said, label_ids)
    return _table(rows, label_ids)


def _is_proposed_action(span: dict[str, Any]) -> bool:
    return span["tube_id"] is not None and span["proposed"] is not None


def _proposed(said: Said, label_ids: Sequence[int]) -> Iterator[tuple[Scores, Scores]]:
    best: dict[str, Scores] = {}
    for found in said.proposals():
        tube_id = found.tube.id if found.tube else ""
        ranges = said.ranges_of(said.tubes[tube_id], found.label_id)
        if any(pieces(found.start_frame, found.end_frame, ranges)):
            scores = best.setdefault(tube_id, {})
            scores[found.label_id] = max(scores.get(found.label_id, -np.inf), found.score)
    for tube in said.tubes.values():
        if tube.is_confirmed and (tube.proposed is not None or tube.id in best):
            scores = best.get(tube.id, {})
            yield _truth(said, tube, label_ids, scores), scores


def _truth(said: Said, tube: Tube, label_ids: Sequence[int], scores: Scores) -> Scores:
    """1 or 0 by label id; nothing where nobody was asked."""
    answers: Scores = {}
    own = [span for span in said.spans if span.tube_id == tube.id]
    for label_id in label_ids:
        ranges = said.ranges_of(tube, label_id)
        here = [
            span
            for span in own
            if span.label_id == label_id and any(pieces(span.start_frame, span.end_frame, ranges))
        ]
        yes = any(span.is_confirmed for span in here)
        undecided = any(span.state is State.PROPOSED for span in here)
        if ranges and (yes or label_id in scores or not undecided):
            answers[label_id] = int(yes)
    return answers


def _table(rows: Sequence[tuple[Scores, Scores]], label_ids: Sequence[int]) -> Rows:
    column = {label_id: index for index, label_id in enumerate(label_ids)}
    truth = np.full((len(rows), len(column)), NOT_ASKED, dtype=np.int8)
    scores = np.full((len(rows), len(column)), -np.inf)
    for index, (said, proposed) in enumerate(rows):
        for label_id, answer in said.items():
            truth[index, column[label_id]] = answer
        for label_id, score in proposed.items():
            if label_id in column:
                scores[index, column[label_id]] = score
    return Rows(truth, scores)


COLUMNS = ("video", "tube", "label", "score")


def from_file(measured: Measured, label_ids: Sequence[int]) -> Rows:
    """Answers of a CSV: video, number of the tube, name of the action, score.

    Raises:
        InvalidInput: a row names what is not there; the message names row and column.
    """
    assert measured.predictions is not None  # asked for only then
    found = _read(measured.predictions, measured)
    rows = [
        (_truth(said, tube, label_ids, scores), scores)
        for said in measured.said
        for tube in said.tubes.values()
        if tube.is_confirmed
        for scores in [found.get((said.video["id"], tube.number), {})]
    ]
    return _table(rows, label_ids)


def _read(path: Path, measured: Measured) -> dict[tuple[str, int | None], Scores]:
    videos = {key: video_id for video_id, key in measured.keys.items()}
    labels = {name: label_id for label_id, name in measured.labels_of("action").items()}
    tubes = {(said.video["id"], t.number) for said in measured.said for t in said.tubes.values()}
    found: dict[tuple[str, int | None], Scores] = {}
    for number, row in _lines(path):
        where = f"Predictions, row {number}"
        if len(row) != len(COLUMNS):
            raise InvalidInput(f"{where}: {len(row)} columns; {', '.join(COLUMNS)} are needed.")
        if row[0] not in videos or row[2] not in labels:
            column, name = ("video", row[0]) if row[0] not in videos else ("label", row[2])
            raise InvalidInput(f"{where}, column {column}: the project has no '{name}'.")
        key = videos[row[0]], _number(row[1], int, f"{where}, column tube")
        if key not in tubes:
            raise InvalidInput(f"{where}, column tube: '{row[0]}' has no tube {row[1]}.")
        scores, label_id = found.setdefault(key, {}), labels[row[2]]
        score = _number(row[3], float, f"{where}, column score")
        scores[label_id] = max(scores.get(label_id, -np.inf), score)
    return found


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            for number, row in enumerate(csv.reader(file), start=1):
                cells = [cell.strip() for cell in row]
                if any(cells) and not (number == 1 and tuple(cells) == COLUMNS):
                    yield number, cells
    except (UnicodeDecodeError, csv.Error) as error:
        raise InvalidInput(f"The predictions are no CSV text: {error}.") from error


def _number(text: str, kind: type, where: str) -> Any:
    try:
        value = kind(text)
    except ValueError as error:
        raise InvalidInput(f"{where}: '{text}' is not a number.") from error
    if not np.isfinite(value):
        raise InvalidInput(f"{where}: '{text}' is not a finite number.")
    return value

"""Actions on tubes, by a recognizer."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from labeling import api
from labeling.domain.span import Span
from labeling.domain.state import State
from labeling.domain.tube import Tube
from mlbackend.data.descriptor import Progress
from mlbackend.propose.recognize import recognize
from mlbackend.propose.recognizers.base import Recognizer, labels_of
from mlbackend.train.features import features_of


def spans_of(
    video: api.VideoValue,
    tubes: Sequence[Tube],
    recognizer: Recognizer,
    run_id: str,
    progress: Progress | None = None,
) -> list[Span]:
    """Return the actions proposed on the tubes, of labels the project still has.

    What earlier steps have kept of the tubes' features is read, the rest is computed.
    """
    asked = labels_of(video.project_id)
    space = uuid.UUID(run_id)
    each = features_of(video, tubes, recognizer.descriptor, progress)
    spans = []
    for tube, (windows, features) in zip(tubes, each, strict=True):
        likely = recognizer.probabilities(features)
        for found in recognize(
            likely, windows, recognizer.label_ids, video.timebase, recognizer.thresholds
        ):
            if found.label_id in asked:
                key = f"{tube.id}/{found.label_id}/{found.start_frame}"
                spans.append(
                    Span(
                        id=str(uuid.uuid5(space, key)),
                        tube_id=tube.id,
                        label_id=found.label_id,
                        start_frame=found.start_frame,
                        end_frame=found.end_frame,
                        state=State.PROPOSED,
                        score=round(found.score, 4),
                        run_id=run_id,
                    )
                )
    return spans

"""The evaluations `manage.py evaluate` offers. A new one is a file and a line here.

An evaluation reads files, and nothing else: no project, no database. Its options are declared on
the parser it is given, one flag of one meaning for all evaluations and without defaults: the
command merges them into one parser and refuses those that the chosen format does not know.
"""

from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from mlbackend.evaluate import (
    activitynet_command,
    ava_command,
    classification_command,
    coco_command,
    jhmdb_command,
    mot_command,
    thumos14_command,
    ucf101_24_command,
)


class Arguments(Protocol):
    """What takes an option: a parser of argparse, or something that speaks like one."""

    def add_argument(self, flag: str, /, **about: Any) -> Any: ...


@dataclass(frozen=True)
class Evaluation:
    """One format's metrics.

    Args:
        name: what stands after ``--format``.
        evaluators: the published codes that can be reproduced; the first is the default.
        add_arguments: declares the options besides --truth, --predictions, --evaluator, --json.
        run: from the parsed options (``truth`` and ``predictions`` are paths, ``evaluator`` is
            one of `evaluators`, an option not given is None) to the figures under their published
            names: numbers, lists and dictionaries of them; NaN where undefined. ``notes``, a list
            of sentences, tells what a reader of the figures should know.
            Raises InvalidInput, naming file, row and column.
    """

    name: str
    evaluators: tuple[str, ...]
    add_arguments: Callable[[Arguments], None]
    run: Callable[[Namespace], dict[str, Any]]


def _of(module: Any) -> Evaluation:
    return Evaluation(module.NAME, module.EVALUATORS, module.add_arguments, module.run)


EVALUATIONS: dict[str, Evaluation] = {
    "activitynet": _of(activitynet_command),
    "ava": _of(ava_command),
    "classification": _of(classification_command),
    "coco": _of(coco_command),
    "jhmdb": _of(jhmdb_command),
    "mot": _of(mot_command),
    "thumos14": _of(thumos14_command),
    "ucf101-24": _of(ucf101_24_command),
}

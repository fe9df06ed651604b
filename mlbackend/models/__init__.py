"""The tables of what learns: a file per noun."""

from mlbackend.models.evaluation import Evaluation
from mlbackend.models.model_version import ModelVersion
from mlbackend.models.queue_item import QueueItem
from mlbackend.models.round import Round
from mlbackend.models.run import Run
from mlbackend.models.used_video import UsedVideo

__all__ = ["Evaluation", "ModelVersion", "QueueItem", "Round", "Run", "UsedVideo"]

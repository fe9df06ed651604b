"""The tables, a file per noun."""

from labeling.models.annotation import CoverageRow, SpanRow, TubeRow
from labeling.models.export import Export
from labeling.models.hold_out_draw import HoldOutDraw
from labeling.models.job import Job
from labeling.models.planted import PlantedProposal
from labeling.models.project import Label, Membership, Project
from labeling.models.revision import Revision
from labeling.models.schema_change import SchemaChange
from labeling.models.snapshot import Snapshot
from labeling.models.upload import Upload
from labeling.models.video import Video

__all__ = [
    "CoverageRow",
    "Export",
    "HoldOutDraw",
    "Job",
    "Label",
    "Membership",
    "PlantedProposal",
    "Project",
    "Revision",
    "SchemaChange",
    "Snapshot",
    "SpanRow",
    "TubeRow",
    "Upload",
    "Video",
]

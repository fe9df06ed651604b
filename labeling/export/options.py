"""What is asked of an export, checked."""

from dataclasses import dataclass, fields
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from labeling.domain.errors import InvalidInput
from labeling.formats.choice import Which
from labeling.models import Project, Revision
from labeling.models.video import Split

MAX_RATE_HZ = 120


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """What is asked for; an empty set means all.

    Args:
        which: reviewed, proposed or all.
        splits, label_ids, video_ids: of what.
        as_of: the labels as they were then; None: as they are.
        changed_since: only what was changed after; None: everything.
        rate_hz: timestamps per second, of formats with a rhythm; AVA has 1.
        decimals: of box fractions; None: as the format's own files have them.
    """

    which: Which = Which.REVIEWED
    splits: frozenset[str] = frozenset()
    label_ids: frozenset[int] = frozenset()
    video_ids: frozenset[str] = frozenset()
    as_of: datetime | None = None
    changed_since: datetime | None = None
    rate_hz: Fraction = Fraction(1)
    decimals: int | None = None

    def __post_init__(self) -> None:
        if not 0 < self.rate_hz <= MAX_RATE_HZ:
            raise InvalidInput(
                f"The rate is timestamps per second, above 0 and up to {MAX_RATE_HZ}; got "
                f"{float(self.rate_hz):g}."
            )
        if self.decimals is not None and not 3 <= self.decimals <= 9:
            raise InvalidInput(f"Boxes are written with 3 to 9 decimals, got {self.decimals}.")
        unknown = self.splits - set(Split.values)
        if unknown:
            raise InvalidInput(
                f"There is no split '{min(unknown)}'; known are {', '.join(Split.values)}."
            )
        if self.as_of and self.changed_since and self.changed_since >= self.as_of:
            raise InvalidInput("'Changed since' has to lie before 'as of': nothing is in between.")

    @classmethod
    def of(cls, params: dict[str, Any]) -> "ExportOptions":
        """Read what a request or a command asks for, as JSON holds it.

        Raises:
            InvalidInput: a value is unknown or does not fit.
        """
        try:
            return cls(
                which=Which(params.get("state") or Which.REVIEWED),
                splits=frozenset(params.get("splits") or ()),
                label_ids=frozenset(map(int, params.get("label_ids") or ())),
                video_ids=frozenset(map(str, params.get("video_ids") or ())),
                as_of=_moment(params.get("as_of")),
                changed_since=_moment(params.get("changed_since")),
                rate_hz=Fraction(str(params.get("rate_hz", 1))).limit_denominator(1000),
                decimals=None if params.get("decimals") is None else int(params["decimals"]),
            )
        except (TypeError, ValueError, ZeroDivisionError) as error:
            raise InvalidInput(f"The export cannot be made as asked: {error}.") from error

    def checked(self, project: Project) -> "ExportOptions":
        """Raises InvalidInput where labels or videos are not the project's."""
        labels = self.label_ids - set(project.labels.values_list("id", flat=True))
        if labels:
            raise InvalidInput(f"Label {min(labels)} is not in project '{project.name}'.")
        videos = self.video_ids - {str(pk) for pk in project.videos.values_list("id", flat=True)}
        if videos:
            raise InvalidInput(f"Video {min(videos)} is not in project '{project.name}'.")
        return self

    def as_dict(self) -> dict[str, Any]:
        """As JSON, for jobs and manifests; the same wherever it is made."""
        plain = {part.name: getattr(self, part.name) for part in fields(self)}
        plain["state"] = plain.pop("which").value
        plain["rate_hz"] = str(self.rate_hz)
        for name in ("splits", "label_ids", "video_ids"):
            plain[name] = sorted(plain[name])
        for name in ("as_of", "changed_since"):
            plain[name] = plain[name] and plain[name].isoformat()
        return plain


def revision_at(project: Project, moment: datetime | None) -> int | None:
    """The newest revision at a moment, 0 before the first; None for no moment."""
    if moment is None:
        return None
    until = Revision.objects.filter(project=project, created_at__lte=moment)
    return until.order_by("-number").values_list("number", flat=True).first() or 0


def _moment(value: Any) -> datetime | None:
    if value is None or value == "":
        return None
    moment = value if isinstance(value, datetime) else parse_datetime(str(value))
    if moment is None:
        raise ValueError(f"'{value}' is no date and time, such as 2025-03-31T18:00Z")
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)

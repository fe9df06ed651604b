"""How a project's learning loop is run: what people set on the page Rounds, with its defaults.

They lie in the project's settings under "loop". Nothing else reads that entry, so that a value out
of range is refused when it is set and never met later.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

from labeling.domain.errors import InvalidInput

KEY = "loop"
PROMOTE_BY = ("rule", "person")


@dataclass(frozen=True, slots=True)
class LoopSettings:
    """See the comments; shares are 0 to 1, of a batch where nothing else is said.

    Raises:
        InvalidInput: a value is out of its range; the message says which and what is possible.
    """

    # What chooses: "auto" fits the labels (several at once, or one of a group), else a name of
    # `select.acquisition.ACQUISITIONS`.
    acquisition: str = "auto"
    # How many viewings the acquisition function fills, about what is reviewed between two rounds.
    batch: int = 20
    # Drawn by chance; of these, so many are shown without the model's actions.
    random_share: float = 0.15
    blind_share: float = 0.3
    # Wrong on purpose, to see whether it is noticed.
    planted_share: float = 0.0
    # Of decided tubes: a second look by somebody who does not see what the first one said.
    double_share: float = 0.0
    # At most so many viewings look for actions that nobody has shown yet.
    discovery_share: float = 0.2
    # Several tubes may be accepted in one go only from this calibrated score on.
    accept_all_from: float = 0.95
    # A round by itself, after so many minutes of reviewing, or so many hours; 0: never.
    round_every_minutes: int = 0
    round_every_hours: int = 0
    # Who puts a better model to use.
    promote_by: str = "rule"

    def __post_init__(self) -> None:
        _whole("batch", self.batch, 1, 500)
        _whole("round_every_minutes", self.round_every_minutes, 0, 100_000)
        _whole("round_every_hours", self.round_every_hours, 0, 10_000)
        _within("random_share", self.random_share, 0.10, 0.25)
        _within("blind_share", self.blind_share, 0.0, 1.0)
        _within("planted_share", self.planted_share, 0.0, 0.05)
        _within("double_share", self.double_share, 0.0, 0.5)
        _within("discovery_share", self.discovery_share, 0.0, 0.25)
        _within("accept_all_from", self.accept_all_from, 0.5, 1.0)
        if self.promote_by not in PROMOTE_BY:
            raise InvalidInput(f"promote_by is rule or person, got {self.promote_by!r}.")
        if not isinstance(self.acquisition, str):
            raise InvalidInput(f"acquisition is a name, got {self.acquisition!r}.")

    @classmethod
    def of(cls, project_settings: dict[str, Any]) -> LoopSettings:
        """Those of a project; what it does not say is as by default."""
        said = project_settings.get(KEY) or {}
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in said.items() if name in known})

    def changed(self, changes: dict[str, Any]) -> LoopSettings:
        """These settings with some changed.

        Raises:
            InvalidInput: a name is unknown or a value out of its range.
        """
        known = {field.name for field in fields(self)}
        unknown = sorted(set(changes) - known)
        if unknown:
            raise InvalidInput(
                f"The loop knows no setting '{unknown[0]}'; it knows {', '.join(sorted(known))}."
            )
        return LoopSettings(**{**asdict(self), **changes})

    def as_dict(self) -> dict[str, Any]:
        """For the API and for the project's settings."""
        return asdict(self)


def _whole(name: str, value: Any, least: int, most: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise InvalidInput(f"{name} is a whole number from {least} to {most}, got {value!r}.")


def _within(name: str, value: Any, least: float, most: float) -> None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not least <= value <= most:
        raise InvalidInput(f"{name} is a number from {least} to {most}, got {value!r}.")

"""Reading model cards."""

import json
from pathlib import Path
from typing import Any

from labeling.domain.errors import NotFound
from mlbackend.models import ModelVersion


def card_of(model: ModelVersion) -> dict[str, Any]:
    """The card of a model, with addresses for pictures.

    Raises:
        NotFound: it was trained before there were cards, or its folder is gone.
    """
    try:
        card = json.loads((_folder(model) / "card.json").read_text())
    except (OSError, ValueError):
        raise NotFound(
            f"The model of {model.name} has no card: it was trained by an earlier version, or its "
            "files are gone. The next round writes one.",
            code="no_card",
        ) from None
    base = f"/api/models/{model.id}/card"
    failures = [f | {"picture": f"{base}/{f['picture']}"} for f in card["failures"]]
    return card | {"failures": failures}


def picture_of(model: ModelVersion, number: int) -> Path:
    """The file of a picture of a card.

    Raises:
        NotFound: the card has no such picture.
    """
    path = _folder(model) / "pictures" / f"{number}.jpg"
    if not path.is_file():
        raise NotFound("The card has no such picture.")
    return path


def _folder(model: ModelVersion) -> Path:
    return model.file_path.parent

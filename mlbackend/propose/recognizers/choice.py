"""The recognizers by name, which of them can work here, and which one "auto" means.

Adding a net to `nets.registry.NETS` makes it a recognizer: there is nothing to write here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labeling.domain.errors import InvalidInput
from mlbackend.propose.recognizers.base import Choice, Option, Recognizer, RecognizerFailed
from mlbackend.propose.recognizers.published import PublishedRecognizer, published
from mlbackend.propose.recognizers.trained import TrainedRecognizer, net_of, newest_usable
from mlbackend.train.champion import champion_row, model_load

if TYPE_CHECKING:
    from mlbackend.nets.action_net import NetSpec

AUTO = "auto"
HOG_HOF = "hog_hof"
# No recognizer: only tubes are proposed.
NONE = ""


def recognizers() -> dict[str, Option]:
    """Every recognizer by name."""
    from mlbackend.nets.registry import NETS

    hog = Option("HOG/HOF", "", "faster than the video plays; needs a trained round")
    return {HOG_HOF: hog} | {
        spec.name: Option(spec.title, spec.name, _speed(spec.gflops)) for spec in NETS.values()
    }


def missing(name: str, project_id: int) -> str | None:
    """Return what to do so that the named recognizer can work, or None when it can."""
    option = _option(name)
    if newest_usable(project_id, option.net) is not None:
        return None
    if not option.net:
        return "No round has been trained on HOG/HOF yet. Review some tubes and train a round."
    try:
        published(_spec(option.net), project_id)
    except (RecognizerFailed, InvalidInput) as error:
        return str(error)
    return None


def choose(wanted: str, project_id: int) -> Choice:
    """Return the recognizer to run for a wished name or "auto".

    "auto" is the model in use, if there is one that can be used here, and else none.

    Raises:
        RecognizerFailed: there is no such recognizer, or the one wished for cannot work.
    """
    if wanted == AUTO:
        return _in_use(project_id)
    lacking = missing(wanted, project_id)
    if lacking is not None:
        raise RecognizerFailed(f"{_option(wanted).title} cannot recognize here. {lacking}")
    return Choice(wanted, "")


def _in_use(project_id: int) -> Choice:
    row = champion_row(project_id)
    if row is None:
        return Choice(NONE, "")
    try:
        model_load(row)
    except InvalidInput as error:
        return Choice(NONE, f"No actions were proposed: {row.name} cannot be used. {error.message}")
    return Choice(net_of(row) or HOG_HOF, "")


def auto_note(project_id: int) -> str:
    """What "auto" means for a project now, for people."""
    chosen = choose(AUTO, project_id)
    if not chosen.name:
        return chosen.note or "none is in use yet: people are proposed without actions"
    return load(chosen.name, project_id).title


def load(name: str, project_id: int) -> Recognizer:
    """Return the named recognizer, ready to be used; its net is loaded with the first clip.

    Raises:
        RecognizerFailed: it cannot work here.
    """
    option = _option(name)
    trained = newest_usable(project_id, option.net)
    if trained is not None:
        return TrainedRecognizer(*trained, option.title)
    if not option.net:
        raise RecognizerFailed(f"{option.title} cannot recognize here. {missing(name, project_id)}")
    spec = _spec(option.net)
    try:
        return PublishedRecognizer(spec, *published(spec, project_id))
    except InvalidInput as error:
        raise RecognizerFailed(error.message) from error


def title_of(name: str) -> str:
    """What a recognizer is called for people; its name when it is gone."""
    known = recognizers()
    return known[name].title if name in known else name


def _option(name: str) -> Option:
    known = recognizers()
    if name not in known:
        raise RecognizerFailed(
            f"there is no recognizer {name!r}; there are {', '.join([AUTO, *known])}"
        )
    return known[name]


def _spec(net: str) -> NetSpec:
    from mlbackend.nets.registry import spec

    return spec(net)


def _speed(gflops: float) -> str:
    """What a clip costs next to what two CPU cores do in a second, in words."""
    if gflops > 20:
        return f"{gflops:.0f} GFLOPs a clip: a GPU, or patience: seconds a clip on a CPU"
    return f"{gflops:.0f} GFLOPs a clip"

"""What a round is asked to train: a recipe, a net, parameters."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from labeling.domain.errors import InvalidInput, NotFound

DEFAULT_RECIPE = "logistic"


@dataclass(frozen=True)
class Wish:
    """`net` is empty for HOG/HOF; `params` only what differs from the recipe's defaults."""

    recipe: str
    net: str = ""
    params: dict[str, Any] = field(default_factory=dict)


def wish_from(project_settings: dict[str, Any], given: dict[str, Any] | None = None) -> Wish:
    """The wish of a project's settings, or of whoever starts a round where they say otherwise.

    Args:
        given: may hold `recipe`, `net` and `params`; what is missing or empty is not wished.

    Raises:
        InvalidInput: a recipe, net or parameter there is none of, or that do not go together.
    """
    given = {key: value for key, value in (given or {}).items() if value not in (None, "", {})}
    recipe = str(given.get("recipe") or project_settings.get("recipe") or DEFAULT_RECIPE)
    own = recipe == project_settings.get("recipe") or "recipe" not in given
    net = given.get("net") or (project_settings.get("net") if own else "") or ""
    params = given.get("params") or (project_settings.get("train_params") if own else {}) or {}
    return checked(Wish(recipe, str(net), params))


def checked(wish: Wish) -> Wish:
    """Return the wish.

    Raises:
        InvalidInput: see `wish_from`.
    """
    from mlbackend.train.net.params import train_params
    from mlbackend.train.recipes import RECIPES

    recipe = RECIPES.get(wish.recipe)
    if recipe is None:
        raise InvalidInput(
            f"The recipe '{wish.recipe}' is unknown; choose {_either(sorted(RECIPES))}.",
            code="unknown_recipe",
        )
    if recipe.nets == "never":
        _checked_without_net(wish)
    else:
        _checked_net(wish)
    if recipe.trains_net:
        train_params(wish.recipe, wish.params)
    else:
        _checked_seed(wish)
    return wish


def _checked_without_net(wish: Wish) -> None:
    if wish.net:
        raise InvalidInput(
            f"Recipe '{wish.recipe}' is for HOG/HOF and takes no net; to train '{wish.net}' "
            "choose head, finetune or full.",
            code="net_not_wanted",
        )


def _checked_net(wish: Wish) -> None:
    from mlbackend.nets.registry import NETS, spec

    if not wish.net:
        raise InvalidInput(
            f"Recipe '{wish.recipe}' needs a net; choose {_either(sorted(NETS))}.", code="no_net"
        )
    try:
        spec(wish.net)
    except NotFound as error:
        raise InvalidInput(error.message, code="unknown_net") from error


def _checked_seed(wish: Wish) -> None:
    params = wish.params
    if not isinstance(params, dict):
        raise InvalidInput("Parameters of a training are given as names with values.")
    extra = sorted(set(params) - {"seed", "start"})
    if extra:
        raise InvalidInput(
            f"Recipe '{wish.recipe}' knows no parameter '{extra[0]}'; it knows seed. Epochs, rates "
            "and the like belong to finetune and full."
        )
    seed = params.get("seed", 0)
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**31:
        raise InvalidInput(f"seed is a whole number from 0 on, got {seed!r}.")


def _either(names: list[str]) -> str:
    return ", ".join(names[:-1]) + f" or {names[-1]}" if len(names) > 1 else names[0]

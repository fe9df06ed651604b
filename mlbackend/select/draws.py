"""Chance that can be repeated: lots that follow from a seed and what is drawn, not from an order.

A lot is a hash, so a candidate keeps its own when others come and go: who comes first by lot is a
uniform draw among whatever is there, and a queue made again draws the same.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any, TypeVar

T = TypeVar("T")


def lot(key: Sequence[Any], *salt: Any) -> float:
    """A number in [0, 1) that follows from the key and the salt."""
    text = json.dumps([*salt, *key])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") / 2.0**64


def by_lot(items: Sequence[T], seed: int, purpose: str) -> list[T]:
    """The items, each with a `key`, in the order of their lots.

    The first k are a uniform draw of k without replacement.
    """
    return sorted(items, key=lambda item: (lot(item.key, purpose, seed), item.key))  # type: ignore[attr-defined]


def is_blind(key: Sequence[Any], share: float) -> bool:
    """Whether this candidate, if chance chooses it, is shown without the model's actions.

    The same for ever, whatever the seed: nobody sees it once without and once with them.
    """
    return lot(key, "blind") < share

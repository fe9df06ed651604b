"""Results for one video, kept until something of it changes; and no request without an end."""

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from django.core.cache import caches
from django.db.models import Max

from labeling.models import Project, Revision
from labeling.snapshots import canonical

Value = TypeVar("Value")

# What is not done by then is left to the next request, which finds the rest in the cache.
REQUEST_S = 4.0


def last_revisions(project: Project) -> dict[Any, int]:
    """The newest revision of each video that has any."""
    rows = Revision.objects.filter(project=project).order_by().values("video")
    return {row["video"]: row["newest"] for row in rows.annotate(newest=Max("number"))}


def digest(*parts: Any) -> str:
    """Short name of JSON values, for keys."""
    return hashlib.sha256(canonical(parts)).hexdigest()[:32]


def computed(
    work: Iterable[tuple[str, Callable[[], Value]]], seconds: float | None = None
) -> Iterator[Value | None]:
    """Results in order, from the cache or made now; None for what there was no time for.

    Args:
        work: key and how to make it.
        seconds: to work at most; one result is made in any case. REQUEST_S if None.
    """
    store = caches["quality"]
    end = time.monotonic() + (REQUEST_S if seconds is None else seconds)
    made = 0
    for key, make in work:
        value = store.get(key)
        if value is None and (made == 0 or time.monotonic() < end):
            value, made = make(), made + 1
            store.set(key, value)
        yield value

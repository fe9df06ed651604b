"""All replays of a simulation: seeds shared out over processes."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import replace
from typing import Any

from threadpoolctl import threadpool_limits

from labeling.domain.errors import InvalidInput
from mlbackend.simulate.metrics import METRICS
from mlbackend.simulate.problem import Kind, check, rare
from mlbackend.simulate.replay import full_score, replay
from mlbackend.simulate.report import report
from mlbackend.simulate.settings import Played, Settings
from mlbackend.simulate.sources import Source

Say = Callable[[str], None]


def simulate(source: Source, settings: Settings, processes: int, say: Say) -> dict[str, Any]:
    """Replay everything and report; the same settings give the same report but for `wall_seconds`.

    Args:
        processes: how many seeds are replayed at a time.
        say: told of each seed that is done.

    Raises:
        InvalidInput: the data cannot be replayed so; the message says what to do.
    """
    began = time.monotonic()
    _refuse_unfit_metric(settings.metric, source.kind)
    played = []
    for done, each in enumerate(_all_played(source, settings, processes), start=1):
        played.append(each)
        say(_progress(done, settings, each))
    found = report(source, settings, sorted(played, key=lambda each: each.seed))
    return found | {"wall_seconds": round(time.monotonic() - began, 1)}


def _refuse_unfit_metric(metric: str | None, kind: Kind) -> None:
    if metric is not None and METRICS[metric][0] != kind:
        fits = ", ".join(name for name, (of, _) in METRICS.items() if of == kind)
        raise InvalidInput(f"{metric} does not measure these labels; use {fits}.")


def _all_played(source: Source, settings: Settings, processes: int) -> Iterator[Played]:
    """Each seed's replays, as they are done."""
    seeds = range(settings.seeds)
    if min(processes, settings.seeds) == 1:
        yield from (play_seed(source, settings, seed) for seed in seeds)
        return
    with ProcessPoolExecutor(
        min(processes, settings.seeds),
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_begin,
        initargs=(source, settings),
    ) as workers:
        waiting = [workers.submit(_play_here, seed) for seed in seeds]
        try:
            yield from (future.result() for future in as_completed(waiting))
        finally:
            workers.shutdown(wait=False, cancel_futures=True)


# What a worker replays; sent once, not with every seed.
_here: tuple[Source, Settings] | None = None


def _begin(source: Source, settings: Settings) -> None:
    global _here
    _here = (source, settings)


def _play_here(seed: int) -> Played:
    assert _here is not None
    return play_seed(*_here, seed)


def play_seed(source: Source, settings: Settings, seed: int) -> Played:
    """All functions and rates on one split; runs in any process, with one thread for algebra.

    More threads would add up in another order, and two machines would disagree.
    """
    with threadpool_limits(1):
        problem = source.problem(seed)
        if settings.metric is not None:
            problem = replace(problem, metric=settings.metric)
        check(problem)
        notes, digest = rare(problem), problem.pool.digest()
        problem = (problem.shuffled(seed) if settings.shuffled else problem).scaled()
        curves = {
            rate: {
                name: replay(problem, name, replace(settings.plan, rate=rate), seed)
                for name in settings.functions
            }
            for rate in settings.rates
        }
        about = problem.about() | {"first_pool_sha256": digest}
        return Played(seed, problem.metric, full_score(problem), curves, about, notes)


def _progress(done: int, settings: Settings, played: Played) -> str:
    first = played.curves[settings.rates[0]]
    ends = ", ".join(f"{name} {curve.score[-1]:.3f}" for name, curve in first.items())
    return f"{done} of {settings.seeds} seeds: seed {played.seed} ends at {ends}"

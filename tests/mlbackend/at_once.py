"""Works in threads with connections of their own, begun together, on the database of the test.

SQLite's tests live in memory, where threads lock each other out instead of waiting; so a copy in a
file, as the product has one, is used there, and what comes after is asked of that copy too.
"""

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier
from typing import Any

from django.db import connection, connections


class AtOnce:
    """`at_once(work, work, …)` gives what the works return, in order."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "at_once.sqlite3"

    def __call__(self, *works: Callable[[], Any]) -> list[Any]:
        if connection.vendor == "sqlite" and not self.path.exists():
            connection.ensure_connection()
            with closing(sqlite3.connect(self.path)) as copy:
                connection.connection.backup(copy)
        barrier = Barrier(len(works))
        with ThreadPoolExecutor(len(works)) as pool:
            running = [pool.submit(self._begin, work, barrier) for work in works]
            return [future.result() for future in running]

    def _begin(self, work: Callable[[], Any], barrier: Barrier) -> Any:
        mine = connections["default"]
        if mine.vendor == "sqlite":
            mine.settings_dict = {**mine.settings_dict, "NAME": str(self.path)}
        try:
            barrier.wait()
            return work()
        finally:
            mine.close()

"""A heartbeat while a step has nothing to say: fitting lines on many tubes takes minutes.

Without it the sweep would take the job for one whose worker died, and give it to another.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import DatabaseError, connection

from labeling import api
from labeling.domain.errors import JobCancelled, NotFound

log = logging.getLogger(__name__)

EVERY_S = 20.0


@contextmanager
def beating(job_id: str, owner: str) -> Iterator[None]:
    """Repeat the job's last progress now and then, by a thread with a connection of its own.

    It ends with the work inside, or when the job is no longer this owner's. Inside a transaction
    nobody would see it, and SQLite would let it wait; nothing is done then.
    """
    if connection.in_atomic_block:
        yield
        return
    ended = threading.Event()
    thread = threading.Thread(target=_beat, args=(job_id, owner, ended), daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _beat(job_id: str, owner: str, ended: threading.Event) -> None:
    every_s = min(EVERY_S, settings.JOB_STALE_S / 4)
    try:
        while not ended.wait(every_s):
            try:
                job = api.job_value(job_id)
                api.job_progress(job_id, owner, job.progress, job.message)
            except DatabaseError:
                log.warning("no heartbeat of job %s could be written", job_id)
    except (JobCancelled, NotFound):
        pass  # whoever works on it notices at its next report
    finally:
        connection.close()

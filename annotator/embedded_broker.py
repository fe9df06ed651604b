"""A Celery broker that needs no server: one file per message in one folder.

It is kombu's filesystem transport with four changes, each for a failure that was seen or measured:

- a message is written beside the queue and renamed into it, so no reader meets half of one;
- messages are taken by a rename inside the same folder, so exactly one worker gets each;
- the table of queues is replaced whole under a lock, so two starting workers cannot spoil it;
- the folder is polled every 20 ms instead of every second.

A message leaves the disk when it is handed out, so a worker that is killed takes its message
with it. That is allowed to happen: the Job row is the truth, and `labeling.jobs.sweep` sends
again what was lost. One machine, one disk; for several machines set `BROKER_URL` to Redis.

Address: `embedded://localhost/absolute/path/of/a/folder`, made by `url`; kombu knows the scheme
after `register`.
"""

import fcntl
import json
import logging
import os
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from queue import Empty
from typing import Any, ClassVar
from urllib.parse import quote

from kombu.exceptions import ChannelError
from kombu.transport import TRANSPORT_ALIASES, filesystem, virtual
from kombu.transport.filesystem import exchange_queue_t
from kombu.utils.json import dumps, loads

logger = logging.getLogger(__name__)

SCHEME = "embedded"
POLL_S = 0.02
REDELIVER_S = 12 * 60 * 60

QueueTable = list[exchange_queue_t]


def register() -> None:
    """Teach kombu the `embedded://` scheme. Doing it twice changes nothing."""
    TRANSPORT_ALIASES[SCHEME] = f"{__name__}:Transport"


def url(folder: Path) -> str:
    """The broker address whose messages live in `folder`, an absolute path."""
    if not folder.is_absolute():
        raise ValueError(f"The broker's folder must be an absolute path, not {str(folder)!r}.")
    return f"{SCHEME}://localhost{quote(str(folder))}"


def broker_settings(broker_url: str, folder: Path) -> dict[str, Any]:
    """Celery's settings for `broker_url`; for the embedded broker in `folder` where it is empty."""
    if not broker_url:
        register()
        # Remote control leaves a reply queue's files behind for every question asked.
        return {"broker_url": url(folder), "worker_enable_remote_control": False}
    if broker_url.startswith(("redis", "sentinel")):
        # Redis hands a message out again after this long, to a second worker if the first still
        # has it. What is lost comes back by the sweep, so it may be longer than any task.
        return {
            "broker_url": broker_url,
            "broker_transport_options": {"visibility_timeout": REDELIVER_S},
        }
    return {"broker_url": broker_url}


class Channel(filesystem.Channel):
    """One connection's view of the folder: `queued/`, `taken/`, `staged/` and `exchanges/`."""

    @cached_property
    def folder(self) -> Path:
        # kombu drops the leading slash of an address's path.
        path = Path("/" + (self.connection.client.virtual_host or "").lstrip("/"))
        for name in ("queued", "taken", "staged", "exchanges"):
            (path / name).mkdir(parents=True, exist_ok=True)
        return path

    @cached_property
    def data_folder_in(self) -> str:
        return str(self.folder / "queued")

    @cached_property
    def data_folder_out(self) -> str:
        return str(self.folder / "queued")

    @property
    def control_folder(self) -> Path:
        return self.folder / "exchanges"

    def _put(self, queue: str, payload: dict[str, Any], **_: Any) -> None:
        name = f"{time.time_ns():020d}_{uuid.uuid4().hex}.{queue}.msg"
        staged = self.folder / "staged" / name
        try:
            staged.write_text(dumps(payload))
            staged.rename(self.folder / "queued" / name)
        except OSError as error:
            raise ChannelError(f"The message cannot be put into {self.folder}: {error}") from error

    def _get(self, queue: str) -> dict[str, Any]:
        for name in self._names(queue):
            taken = self.folder / "taken" / name
            try:
                os.rename(self.folder / "queued" / name, taken)
            except FileNotFoundError:
                continue  # another worker was faster
            try:
                payload: dict[str, Any] = loads(taken.read_text())
            except ValueError:
                # Only a machine that lost power leaves such a file; the job's row still stands.
                logger.warning("A message on queue %s could not be read and was dropped.", queue)
                continue
            finally:
                taken.unlink(missing_ok=True)
            return payload
        raise Empty

    def _names(self, queue: str) -> list[str]:
        suffix = f"{queue}.msg"
        names = os.listdir(self.folder / "queued")
        return sorted(name for name in names if name.partition(".")[2] == suffix)

    def get_table(self, exchange: str) -> QueueTable:
        try:
            text = self._exchange_file(exchange).read_text()
        except FileNotFoundError:
            return []
        return [exchange_queue_t(*row) for row in json.loads(text)]

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        row = exchange_queue_t(routing_key or "", pattern or "", queue or "")
        self._change_table(exchange, lambda rows: rows if row in rows else [row, *rows])

    def _delete(
        self, queue: str, exchange: str, routing_key: str, pattern: str, *args: Any, **kwargs: Any
    ) -> None:
        # Past the filesystem channel, whose own rewriting of the table is not atomic.
        virtual.Channel._delete(self, queue, exchange, routing_key, pattern, *args, **kwargs)
        row = exchange_queue_t(routing_key or "", pattern or "", queue or "")
        self._change_table(exchange, lambda rows: [other for other in rows if other != row])

    def _change_table(self, exchange: str, change: Callable[[QueueTable], QueueTable]) -> None:
        file = self._exchange_file(exchange)
        with self._locked():
            rows = self.get_table(exchange)
            changed = change(rows)
            if changed == rows:
                return
            staged = self.folder / "staged" / f"{uuid.uuid4().hex}.exchange"
            staged.write_text(json.dumps(changed))
            staged.rename(file)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with (self.folder / "exchanges" / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield  # closing the file lets the lock go


class Transport(filesystem.Transport):
    """kombu's entry point: `embedded://` addresses resolve to this class."""

    Channel = Channel
    polling_interval = POLL_S
    driver_type = SCHEME
    driver_name = SCHEME
    # What is bound to what, remembered for each folder: kombu asks it before it binds.
    _states: ClassVar[dict[str, virtual.BrokerState]] = {}

    def __init__(self, client: Any, **kwargs: Any) -> None:
        super().__init__(client, **kwargs)
        self.state = self._states.setdefault(client.virtual_host or "", virtual.BrokerState())

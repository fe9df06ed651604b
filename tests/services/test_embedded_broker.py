"""The embedded broker, by itself: order, one taker each, nothing half-written."""

import multiprocessing
import queue
from pathlib import Path

import pytest
from kombu import Connection

from annotator import embedded_broker

embedded_broker.register()


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "a folder #1 with %20"


def put(folder: Path, numbers: range) -> None:
    with Connection(embedded_broker.url(folder)) as connection:
        messages = connection.SimpleQueue("media")
        for number in numbers:
            messages.put({"number": number})


def take_all(folder: Path, patience_s: float = 0.5) -> list[int]:
    taken = []
    with Connection(embedded_broker.url(folder)) as connection:
        messages = connection.SimpleQueue("media")
        while True:
            try:
                message = messages.get(timeout=patience_s)
            except queue.Empty:
                return taken
            taken.append(message.payload["number"])
            message.ack()


def test_messages_come_in_the_order_they_were_sent(folder):
    put(folder, range(20))
    assert take_all(folder) == list(range(20))
    assert list((folder / "queued").iterdir()) == list((folder / "taken").iterdir()) == []


def test_queues_do_not_mix(folder):
    put(folder, range(3))
    with Connection(embedded_broker.url(folder)) as connection, pytest.raises(queue.Empty):
        connection.SimpleQueue("models").get(timeout=0.1)
    assert take_all(folder) == [0, 1, 2]


def test_each_message_is_taken_by_one_process(folder):
    spawn = multiprocessing.get_context("spawn")
    with spawn.Pool(4) as pool:
        puts = [pool.apply_async(put, (folder, range(n, n + 50))) for n in range(0, 200, 50)]
        takes = [pool.apply_async(take_all, (folder, 2.0)) for _ in range(2)]
        for job in puts:
            job.get(60)
        taken = [number for job in takes for number in job.get(60)]
    assert sorted(taken) == list(range(200))


def test_processes_that_bind_at_once_all_stay_bound(folder):
    spawn = multiprocessing.get_context("spawn")
    names = [f"queue{number}" for number in range(12)]
    with spawn.Pool(4) as pool:
        pool.starmap(_bind, [(folder, name) for name in names])
    with Connection(embedded_broker.url(folder)) as connection:
        table = connection.channel().get_table("shared")
    assert sorted(row.queue for row in table) == sorted(names)


def _bind(folder: Path, name: str) -> None:
    with Connection(embedded_broker.url(folder)) as connection:
        channel = connection.channel()
        channel.exchange_declare("shared", "direct")
        channel.queue_bind(name, "shared", name)


def test_a_file_that_is_no_message_is_dropped(folder, caplog):
    put(folder, range(1))
    (folder / "queued" / "0_cut.media.msg").write_text('{"body": "')
    assert take_all(folder) == [0]
    assert "could not be read" in caplog.text


def test_a_message_that_is_being_written_cannot_be_taken(folder):
    put(folder, range(1))
    [written] = (folder / "queued").iterdir()
    written.rename(folder / "staged" / written.name)
    assert take_all(folder, 0.1) == []


def test_a_relative_folder_is_refused():
    with pytest.raises(ValueError, match="absolute"):
        embedded_broker.url(Path("broker"))


def test_redis_gets_a_visibility_timeout_longer_than_any_task(folder):
    embedded = embedded_broker.broker_settings("", folder)
    redis = embedded_broker.broker_settings("redis://localhost:6379/0", folder)
    assert embedded["broker_url"].startswith("embedded://")
    assert redis["broker_transport_options"]["visibility_timeout"] >= 6 * 3600

"""Messages go to the configured broker from every process and thread."""

import threading

from celery import current_app


def test_every_thread_sends_through_the_configured_broker():
    found = []
    thread = threading.Thread(target=lambda: found.append(current_app.conf.broker_url))
    thread.start()
    thread.join()
    assert found == [current_app.conf.broker_url]
    assert current_app.main == "tubelab"

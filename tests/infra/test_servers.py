"""The tests' own PostgreSQL and Redis: they start, answer, and are gone afterwards."""

import psycopg2
import pytest
import redis

from scripts import servers


def test_postgresql_answers_and_is_gone_afterwards():
    with servers.postgresql() as address:
        connection = psycopg2.connect(address)
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_encoding")
            assert cursor.fetchone() == ("UTF8",)
        connection.close()
    with pytest.raises(psycopg2.OperationalError):
        psycopg2.connect(address)


def test_redis_answers_and_is_gone_afterwards():
    with servers.redis() as address, redis.Redis.from_url(address) as client:
        client.set("key", "value")
        assert client.get("key") == b"value"
    with pytest.raises(redis.ConnectionError):
        redis.Redis.from_url(address).ping()

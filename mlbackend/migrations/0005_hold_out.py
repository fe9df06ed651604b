"""The database itself keeps hold-out videos out of the queue and out of training.

The split stands in another table than the rows it rules, so that no CHECK can express it; a trigger
can, on SQLite and on PostgreSQL alike.
"""

from django.db import migrations

RULES = (
    # (table, name, when it applies, what it says)
    (
        "mlbackend_queueitem",
        "hold_out_never_queried",
        "NEW.state = 'open' AND NEW.slice <> 'second'",
        "A hold-out video is never queried.",
    ),
    (
        "mlbackend_usedvideo",
        "hold_out_never_trained_on",
        "NEW.use = 'train'",
        "A hold-out video is never trained on.",
    ),
)


def forwards(apps, schema_editor):
    statements = {"sqlite": _sqlite, "postgresql": _postgresql}[schema_editor.connection.vendor]
    for rule in RULES:
        for statement in statements(*rule):
            schema_editor.execute(statement)


def backwards(apps, schema_editor):
    for table, name, _, _ in RULES:
        if schema_editor.connection.vendor == "sqlite":
            for event in ("insert", "update"):
                schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}_{event}")
        else:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
            schema_editor.execute(f"DROP FUNCTION IF EXISTS {name}()")


def _is_held_out():
    return (
        "EXISTS (SELECT 1 FROM labeling_video WHERE labeling_video.id = NEW.video_id "
        "AND labeling_video.split = 'hold-out')"
    )


def _sqlite(table, name, when, message):
    for event in ("insert", "update"):
        yield (
            f"CREATE TRIGGER {name}_{event} BEFORE {event.upper()} ON {table} "
            f"WHEN {when} AND {_is_held_out()} "
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
        )


def _postgresql(table, name, when, message):
    yield (
        f"CREATE FUNCTION {name}() RETURNS trigger AS $$ BEGIN "
        f"IF {when} AND {_is_held_out()} THEN "
        f"RAISE EXCEPTION '{message}' USING ERRCODE = 'check_violation'; END IF; "
        "RETURN NEW; END $$ LANGUAGE plpgsql"
    )
    yield (
        f"CREATE TRIGGER {name} BEFORE INSERT OR UPDATE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {name}()"
    )


class Migration(migrations.Migration):
    dependencies = [
        ("mlbackend", "0004_loop"),
        ("labeling", "0004_loop"),
    ]

    operations = [migrations.RunPython(forwards, backwards)]

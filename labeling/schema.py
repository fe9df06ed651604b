"""Changes of the label schema as operations: logged, numbered, and migrating what was said.

The project's `schema_version` counts them, so that a model can say which labels it learned, and two
models are compared only on labels that mean the same to both. A label is never deleted while
anything carries it: revisions and models name it for ever.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from labeling import revisions
from labeling.domain import schema as domain
from labeling.domain.annotations import Annotations
from labeling.domain.errors import Conflict, InvalidInput
from labeling.domain.schema import Migration
from labeling.domain.taxonomy import LabelKind
from labeling.models import Label, Project, SchemaChange, Video
from labeling.models.revision import Origin
from labeling.models.schema_change import SchemaOperation

Migrate = Callable[[Annotations, str], Migration]

# Called with the project's id after annotations moved to other labels, or proposals went with a
# retired one: annotator/pipeline.py registers here.
moved_handlers: list[Callable[[int], None]] = []


def change_record(
    *,
    project_id: int,
    operation: str,
    detail: dict[str, Any],
    author_id: int | None = None,
    revision: int | None = None,
) -> SchemaChange:
    """Number a change of the schema and log it; call it in the transaction that makes it.

    `at_revision` in its detail is the project's revision then: what was reviewed up to it was
    reviewed without the change.
    """
    Project.objects.filter(pk=project_id).update(schema_version=F("schema_version") + 1)
    row = Project.objects.only("schema_version", "revision").get(pk=project_id)
    return SchemaChange.objects.create(
        project_id=project_id, version=row.schema_version, operation=operation,
        detail={**detail, "at_revision": row.revision}, author_id=author_id, revision=revision,
    )  # fmt: skip


def labels_merge(
    *, target: Label, sources: Sequence[Label], author_id: int | None = None
) -> SchemaChange:
    """Make `sources` part of `target`: what carries them carries the target; they are retired.

    Raises:
        InvalidInput: no sources, or the target among them, or another project or kind.
        Conflict: one of them is retired.
    """
    if not sources:
        raise InvalidInput(f"Say which labels become part of '{target.name}'.")
    _check_together(target, sources)
    ids = [label.id for label in sources]
    with transaction.atomic():
        _lock(target, *sources)
        revision = _migrate(
            target.project_id,
            lambda found, video_id: domain.merged(found, ids, target.id, video_id),
            author_id,
            f"merged {_names(sources)} into {target.name}",
        )
        _retire(sources)
        return change_record(
            project_id=target.project_id, operation=SchemaOperation.MERGE, author_id=author_id,
            detail={"into": _named(target), "from": [_named(label) for label in sources]},
            revision=revision,
        )  # fmt: skip


def label_split(
    *, whole: Label, parts: Sequence[Label], author_id: int | None = None
) -> SchemaChange:
    """Let `parts` take the place of `whole`, which is retired.

    What carries it stays until a person says which part it is; where it was looked for and not
    found, the parts are not there either.

    Raises:
        InvalidInput: fewer than two parts, or the whole among them, or another project or kind.
        Conflict: one of them is retired.
    """
    if len(parts) < 2:
        raise InvalidInput(f"'{whole.name}' is split into two labels or more.")
    _check_together(whole, parts)
    ids = [label.id for label in parts]
    with transaction.atomic():
        _lock(whole, *parts)
        revision = _migrate(
            whole.project_id,
            lambda found, video_id: domain.split(found, whole.id, ids, video_id),
            author_id,
            f"split {whole.name} into {_names(parts)}",
        )
        _retire([whole])
        return change_record(
            project_id=whole.project_id, operation=SchemaOperation.SPLIT, author_id=author_id,
            detail={"from": _named(whole), "into": [_named(label) for label in parts]},
            revision=revision,
        )  # fmt: skip


def label_retire(*, label: Label, author_id: int | None = None) -> SchemaChange:
    """Do not ask about a label any more; what carries it stays.

    Raises:
        Conflict: it is retired already, or the last object, without which no tube can be drawn.
    """
    with transaction.atomic():
        _lock(label)
        _keep_an_object(label)
        revision = _migrate(
            label.project_id, lambda found, _: domain.retired(found, label.id), author_id,
            f"retired {label.name}",
        )  # fmt: skip
        _retire([label])
        return change_record(
            project_id=label.project_id, operation=SchemaOperation.RETIRE, author_id=author_id,
            detail={"label": _named(label)}, revision=revision,
        )  # fmt: skip


def label_restore(*, label: Label, author_id: int | None = None) -> SchemaChange:
    """Ask about a retired label again.

    Raises:
        Conflict: it is not retired.
    """
    with transaction.atomic():
        found = Label.objects.select_for_update().get(pk=label.pk)
        if found.retired_at is None:
            raise Conflict(f"'{label.name}' is not retired.")
        Label.objects.filter(pk=label.pk).update(retired_at=None)
        return change_record(
            project_id=label.project_id, operation=SchemaOperation.RESTORE, author_id=author_id,
            detail={"label": _named(label)},
        )  # fmt: skip


def _migrate(project_id: int, migrate: Migrate, author_id: int | None, note: str) -> int | None:
    """Change all videos as one revision; its number, None if there was nothing to change."""

    def entries() -> Iterator[tuple[Any, list[dict], int | None]]:
        videos = Video.objects.filter(project_id=project_id).order_by("id")
        for video_id in videos.values_list("id", flat=True):
            found = revisions.annotations(video_id)
            operations = migrate(found, str(video_id)).operations()
            if operations:
                yield video_id, operations, found.revision

    made = revisions.commit_many(
        project_id=project_id, entries=entries(), origin=Origin.SCHEMA, author_id=author_id,
        note=note,
    )  # fmt: skip
    if made is not None:
        transaction.on_commit(lambda: [handler(project_id) for handler in moved_handlers])
    return made


def _check_together(first: Label, others: Sequence[Label]) -> None:
    """Raises InvalidInput unless all are different labels of one project and kind."""
    if len({first.id, *(label.id for label in others)}) <= len(others):
        raise InvalidInput("Each label may be named once, and none is part of itself.")
    for label in others:
        if label.project_id != first.project_id:
            raise InvalidInput(f"'{label.name}' is a label of another project.")
        if label.kind != first.kind:
            raise InvalidInput(
                f"'{label.name}' is of kind '{label.kind}' and '{first.name}' of '{first.kind}'; "
                "only labels of one kind can be merged or split."
            )


def _lock(*labels: Label) -> None:
    """Hold the labels until the change is made; raises Conflict if one is retired."""
    ids = [label.pk for label in labels]
    rows = Label.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    for row in rows:
        if row.retired_at is not None:
            raise Conflict(f"'{row.name}' is retired; restore it first.", code="label_retired")


def _keep_an_object(label: Label) -> None:
    live = Label.objects.filter(project_id=label.project_id, kind=LabelKind.OBJECT, retired_at=None)
    if label.kind == LabelKind.OBJECT and not live.exclude(pk=label.pk).exists():
        raise Conflict(
            f"'{label.name}' is the only object of the project: without one no tube can be "
            "proposed or drawn. Add another first."
        )


def _retire(labels: Sequence[Label]) -> None:
    ids = [label.pk for label in labels]
    # A retired label does not keep its key from the others.
    Label.objects.filter(pk__in=ids).update(retired_at=timezone.now(), hotkey="")


def _named(label: Label) -> dict[str, Any]:
    return {"id": label.id, "name": label.name, "kind": label.kind}


def _names(labels: Sequence[Label]) -> str:
    return ", ".join(label.name for label in labels)

"""Changes of the label schema as people ask for them: by ids, and names of labels still to come."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction

from labeling import schema
from labeling.domain.errors import InvalidInput
from labeling.models import Label, Project, SchemaChange
from labeling.models.schema_change import SchemaOperation
from labeling.teams.services import label_create


def schema_change(
    *, project: Project, operation: str, label_id: int, others: Sequence[Any], author_id: int | None
) -> SchemaChange:
    """Merge, split, retire or restore a label.

    Args:
        label_id: the label that the others become part of, that is split, retired or restored.
        others: of a merge the ids of the labels that go; of a split the parts, an id where the
            label is there and a name where it is to be made.

    Raises:
        InvalidInput, Conflict: as `labeling.schema`.
    """
    label = _label(project, label_id)
    return _OPERATIONS[operation](project, label, others, author_id)


def _merge(project: Project, label: Label, others: Sequence[Any], author: int | None) -> Any:
    sources = [_label(project, other) for other in others]
    return schema.labels_merge(target=label, sources=sources, author_id=author)


@transaction.atomic
def _split(project: Project, label: Label, others: Sequence[Any], author: int | None) -> Any:
    parts = [
        _label(project, other)
        if not isinstance(other, str)
        else label_create(
            project=project, author_id=author, kind=label.kind, name=other.strip(),
            ava_group=label.ava_group,
        )
        for other in others
    ]  # fmt: skip
    return schema.label_split(whole=label, parts=parts, author_id=author)


def _retire(project: Project, label: Label, others: Sequence[Any], author: int | None) -> Any:
    return schema.label_retire(label=label, author_id=author)


def _restore(project: Project, label: Label, others: Sequence[Any], author: int | None) -> Any:
    return schema.label_restore(label=label, author_id=author)


_OPERATIONS: dict[str, Callable[[Project, Label, Sequence[Any], int | None], SchemaChange]] = {
    SchemaOperation.MERGE: _merge,
    SchemaOperation.SPLIT: _split,
    SchemaOperation.RETIRE: _retire,
    SchemaOperation.RESTORE: _restore,
}


def _label(project: Project, label_id: Any) -> Label:
    found = project.labels.filter(pk=label_id).first() if isinstance(label_id, int) else None
    if found is None:
        raise InvalidInput(f"Project '{project.name}' has no label {label_id!r}.")
    return found

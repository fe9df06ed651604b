"""A backup's text, read with suspicion: what is wrong is said with file and line."""

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from django.core.exceptions import ValidationError
from django.db import DatabaseError
from django.db.models import Model

from labeling.domain.errors import InvalidInput

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@contextmanager
def said_where(file: str, line: int = 0) -> Iterator[None]:
    """Turn whatever is wrong with the content into one error that says where it is.

    Raises:
        InvalidInput: in place of what reading and checking raise.
    """
    where = f"{file}, line {line}" if line else file
    try:
        yield
    except InvalidInput as error:
        reason = error.message
    except ValidationError as error:
        reason = " ".join(error.messages)
    except KeyError as error:
        reason = f"{error} is missing."
    except DatabaseError as error:
        reason = f"it does not fit what is stored: {error}."
    except (AttributeError, ArithmeticError, TypeError, ValueError, RecursionError) as error:
        reason = f"{error}."
    else:
        return
    raise InvalidInput(
        f"The backup cannot be restored: {where}: {reason} Nothing was written.",
        code="bad_backup", detail={"file": file, "row": line},
    )  # fmt: skip


def parsed(text: str) -> dict[str, Any]:
    """A JSON object without what no database holds; raises ValueError."""
    if "\\u0000" in text:
        raise ValueError("it holds a NUL character")
    value = json.loads(text, parse_constant=_refuse)
    if not isinstance(value, dict):
        raise ValueError("it is not a JSON object")
    return value


def lines(folder: Path, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Number and content of every line of a file of the backup."""
    with ExitStack() as stack:
        with said_where(name):
            file = stack.enter_context((folder / name).open(encoding="utf-8", newline="\n"))
        for number in count(1):
            with said_where(name, number):
                text = file.readline()
                content = parsed(text) if text else {}
            if not text:
                return
            yield number, content


def checked(row: Model, *skipped: str) -> Model:
    """The row, if its fields are as its table wants them; raises ValidationError."""
    empty = {f.name for f in row._meta.fields if f.null and getattr(row, f.attname) is None}
    row.full_clean(exclude={*skipped, *empty}, validate_unique=False, validate_constraints=False)
    return row


@dataclass(frozen=True, slots=True)
class Renaming:
    """What ids of a backup are called here.

    Args:
        labels: by the backup's label id. One that the backup has no label for was deleted before:
            it becomes a negative number, which never is a label.
        space: makes new ids; None: they stay as they are. Runs keep theirs.
    """

    labels: dict[int, int]
    space: UUID | None

    def id(self, text: str) -> str:
        if self.space is None or not _UUID.fullmatch(text):
            return text
        return str(uuid5(self.space, text))

    def label(self, label_id: int) -> int:
        return self.labels.get(label_id, -abs(int(label_id)))

    def all(self, value: Any) -> Any:
        """A JSON value with every id in it renamed."""
        if isinstance(value, dict):
            return {self.id(key): self._of(key, item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.all(item) for item in value]
        return self.id(value) if isinstance(value, str) else value

    def _of(self, key: str, value: Any) -> Any:
        if key == "label_id" and value is not None:
            return self.label(value)
        if key == "label_ids" and isinstance(value, list):
            return [self.label(label_id) for label_id in value]
        return value if key == "run_id" else self.all(value)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number")

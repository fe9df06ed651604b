"""Everything that can go wrong, as one tree.

TubelabError
├── InvalidInput      400  what was sent cannot be used as it is
│   └── InvalidOperation    an operation does not fit the annotations it is applied to
├── Forbidden         403  known, but not allowed for this person
├── NotFound          404  absent, or not to be seen by this person: the two look alike
├── Conflict          409  somebody else changed the same thing in between
│   └── HumanWorkProtected  a model run tried to change what a person touched
└── JobCancelled      409  a person asked for the job to stop
"""

from typing import Any


class TubelabError(Exception):
    """An error a person can act on; it becomes the one JSON body `{code, message, detail}`.

    Args:
        message: what is wrong, where, and what to do about it.
        code: a short stable name for programs.
        detail: JSON-serializable particulars, such as the row or the operation's index.
    """

    status = 400
    default_code = "error"

    def __init__(self, message: str, *, code: str | None = None, detail: Any = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.detail = detail

    def body(self) -> dict[str, Any]:
        return {"code": self.code, "message": self.message, "detail": self.detail}


class InvalidInput(TubelabError):
    default_code = "invalid_input"


class InvalidOperation(InvalidInput):
    default_code = "invalid_operation"


class Forbidden(TubelabError):
    status = 403
    default_code = "forbidden"


class NotFound(TubelabError):
    status = 404
    default_code = "not_found"


class Conflict(TubelabError):
    status = 409
    default_code = "conflict"


class HumanWorkProtected(Conflict):
    default_code = "human_work_protected"


class JobCancelled(TubelabError):
    status = 409
    default_code = "job_cancelled"

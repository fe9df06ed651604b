"""The first administrator of an installation."""

import secrets
from pathlib import Path

from django.contrib.auth import get_user_model
from django.db import transaction

NAME = "admin"


@transaction.atomic
def first_user_create(password_file: Path) -> bool:
    """Make an administrator with a random password, unless there is a user already.

    Args:
        password_file: where the password is kept, readable by the owner alone.

    Returns:
        False where nothing had to be done.
    """
    users = get_user_model().objects
    if users.exists():
        return False
    password = secrets.token_urlsafe(9)
    users.create_superuser(NAME, password=password)
    # Inside the transaction: without the file nobody could log in.
    password_file.unlink(missing_ok=True)
    password_file.touch(mode=0o600)
    password_file.write_text(password + "\n")
    return True

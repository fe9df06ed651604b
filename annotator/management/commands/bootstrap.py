from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from annotator.first_user import NAME, first_user_create


class Command(BaseCommand):
    help = "Make the first administrator of an empty installation; on another it does nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        password_file = settings.TUBELAB_HOME / "admin_password"
        if first_user_create(password_file):
            self.stdout.write(f"User '{NAME}' made; its password is in {password_file}")
        else:
            self.stdout.write("There are users already; nothing to do.")

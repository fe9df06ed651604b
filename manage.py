#!/usr/bin/env python
"""Django's command line for Tubelab."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotator.settings")
    import django
    from django.core.management import execute_from_command_line

    django.setup()
    from annotator import embedded_database

    wants_help = {"-h", "--help"} & set(sys.argv)
    if not wants_help and embedded_database.is_needed(sys.argv[1:]):
        embedded_database.prepare()
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()

"""Loaded before Django reads its settings: a test never touches a person's own data."""

import atexit
import os
import shutil
import tempfile

HOME = tempfile.mkdtemp(prefix="tubelab-test-")
atexit.register(shutil.rmtree, HOME, ignore_errors=True)
os.environ["TUBELAB_HOME"] = HOME
os.environ.setdefault("TUBELAB_LOGIN_RATE", "1000/min")

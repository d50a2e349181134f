"""The settings of the tests: the real ones, with a data folder of their own and a quick password hash."""

import atexit
import os
import shutil
import tempfile

DATA = tempfile.mkdtemp(prefix="outwork-tests-")
atexit.register(shutil.rmtree, DATA, ignore_errors=True)
os.environ["OUTWORK_DATA"] = DATA

from outwork.config.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

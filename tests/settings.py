"""The settings of the tests: the real ones, with a data folder of their own and a quick password hash."""

import os
import tempfile

os.environ["OUTWORK_DATA"] = tempfile.mkdtemp(prefix="outwork-tests-")

from outwork.config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

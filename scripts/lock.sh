#!/bin/sh
# Write the hashed lock: one resolution for every Python and platform, of which the runtime file is a part.
# uv lives in a folder of its own for as long as this takes; nothing else here needs it.
set -eu
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder"
"$folder/bin/python" -m pip --disable-pip-version-check --quiet install uv
compile() {
    "$folder/bin/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade \
        --no-header --no-annotate --no-emit-index-url --no-emit-find-links "$@"
}
compile --group dev --output-file requirements/dev.txt pyproject.toml
compile --group build --constraint requirements/dev.txt --output-file requirements/runtime.txt pyproject.toml

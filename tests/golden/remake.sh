#!/bin/sh
# Remakes the golden vectors. The first run also makes a Python environment (about 8 GB) in target/.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
environment=${EARMARK_GOLDEN_PYTHON:-"$here/../../target/golden-python"}
if [ ! -x "$environment/bin/python" ]; then
    python3.11 -m venv "$environment"
    "$environment/bin/pip" install --no-deps -r "$here/requirements.txt"
fi
OMP_NUM_THREADS=1 exec "$environment/bin/python" "$here/make.py"

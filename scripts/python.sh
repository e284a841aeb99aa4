#!/bin/sh
# Run a script with the first CPython that is new enough: $PYTHON, python3, then the versions by name.
for candidate in "${PYTHON:-python3}" python3.13 python3.12 python3.11 python3.14 python; do
  if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    exec "$candidate" "$@"
  fi
done
echo "No CPython 3.11 or newer with venv was found (python3 is: $(python3 --version 2>&1))." >&2
echo "Install one (Debian: apt install python3 python3-venv), or name it: make PYTHON=/path/to/python3.12" >&2
exit 1

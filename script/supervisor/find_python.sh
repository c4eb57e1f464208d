# Sets $python to a Python that is new enough. Only this much is shell: what starts other
# programs is Python, so that a signal at any moment finds somebody who stops them.
python=
for candidate in ${PYTHON:+"$PYTHON"} python3 python3.14 python3.13 python3.12 python3.11 python; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    echo "Good Offices needs Python 3.11 or later, and none was found: install it, or set PYTHON to its path." >&2
    exit 1
fi

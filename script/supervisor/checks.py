"""`script/check`: what must hold before a change is merged. All checks run; the code tells."""

import os
import re
import time

from supervisor import keys, layout, packages, processes, signals
from supervisor.surroundings import manage
from supervisor.tests import database

PRODUCTION = {
    "DEMONSTRATION": "0",
    "DEBUG": "0",
    "SITE_URL": "https://ncp.example.org",
    "ALLOWED_HOSTS": "ncp.example.org",
    "DEFAULT_FROM_EMAIL": "noreply@ncp.example.org",
    "DJANGO_SETTINGS_MODULE": "config.settings",
}
# A state is changed by a transition in a service, with its lock, its permission and its event.
PAST_THE_WORKFLOW = re.compile(r"\.(update|bulk_update|update_or_create)\([^)]*\bstate\s*=")


def main(arguments: list[str]) -> int:
    packages.prepare("requirements-dev.txt")
    with database() as url:
        environment = packages.clean_environment()
        environment |= {name: make() for name, make in keys.MAKERS.items()}
        environment |= PRODUCTION | {"DATABASE_URL": url, "VAR_DIR": str(layout.VAR / "check")}
        (layout.VAR / "check").mkdir(exist_ok=True)
        failed = [name for name, command in _commands() if not _run(name, command, environment)]
    if not _no_state_is_set_past_the_workflow():
        failed.append("states")
    print(f"\nFailed: {', '.join(failed)}." if failed else "\nAll checks passed.", flush=True)
    return 1 if failed else 0


def _commands() -> list[tuple[str, list]]:
    python = layout.PYTHON
    templates = sorted(str(path) for path in (layout.ROOT / "templates").rglob("*.html"))
    register = "--settings=config.settings_register"
    return [
        ("style", [python, "-m", "ruff", "check", "."]),
        ("format", [python, "-m", "ruff", "format", "--check", "."]),
        ("imports", [python.parent / "lint-imports"]),
        ("types", [python, "-m", "mypy"]),
        ("templates", [python, "-m", "djade", "--check", "--target-version", "5.2", *templates]),
        ("html", [python, "-m", "djlint", "--lint", "--quiet", "templates"]),
        ("migrations", manage("makemigrations", "--check", "--dry-run")),
        ("settings", manage("check", "--deploy", "--fail-level", "WARNING")),
        ("register settings", manage("check", "--deploy", "--fail-level", "WARNING", register)),
    ]


def _run(name: str, command: list, environment: dict[str, str]) -> bool:
    print(f"== {name}", flush=True)
    began = time.monotonic()
    child = processes.spawn(command, environment=environment, cwd=layout.ROOT)
    code = processes.wait(child)
    print(f"   {'ok' if code == 0 else 'FAILED'}, {time.monotonic() - began:.1f} s", flush=True)
    return code == 0


def _no_state_is_set_past_the_workflow() -> bool:
    print("== states", flush=True)
    found = []
    for folder, folders, files in os.walk(layout.ROOT):
        signals.checkpoint()
        skipped = {"migrations", "tests", "var", "node_modules"}
        folders[:] = [name for name in folders if name not in skipped and name[0] != "."]
        for name in files:
            if not name.endswith(".py"):
                continue
            path = os.path.join(folder, name)
            with open(path, encoding="utf-8") as stream:
                text = stream.read()
            for match in PAST_THE_WORKFLOW.finditer(text):
                line = text.count("\n", 0, match.start()) + 1
                found.append(f"{os.path.relpath(path, layout.ROOT)}:{line}")
    for place in found:
        print(f"   {place}: a state is set past its transition; call the service", flush=True)
    print(f"   {'FAILED' if found else 'ok'}", flush=True)
    return not found

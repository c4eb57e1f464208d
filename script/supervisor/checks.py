"""`script/check`: what must hold before a change is merged. All checks run; the code tells."""

import ast
import time
from collections.abc import Iterator

from supervisor import keys, layout, packages, processes, signals
from supervisor.surroundings import manage
from supervisor.tests import database

PRODUCTION = {
    "DEMONSTRATION": "0",
    "DEBUG": "0",
    "SITE_URL": "https://ncp.example.org",
    "ALLOWED_HOSTS": "ncp.example.org",
    "DEFAULT_FROM_EMAIL": "noreply@ncp.example",
    "NCP_EMAIL": "office@ncp.example",
    "DJANGO_SETTINGS_MODULE": "config.settings",
}
# A guarded state is changed by a transition in a service, with its lock, its permission and its
# event. Other states (of a draft, a proposal, a delivery) are guarded by their own service alone.
GUARDED_STATES = {"State", "ReferralState"}
WRITERS = {"update", "bulk_update", "update_or_create"}


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
        ("templates", [python.parent / "djade", "--check", "--target-version", "5.2", *templates]),
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
    for path in sorted(layout.ROOT.rglob("*.py")):
        signals.checkpoint()
        parts = path.relative_to(layout.ROOT).parts
        if parts[0][0] == "." or {"migrations", "tests", "var"} & set(parts):
            continue
        for line in states_set(path.read_text(encoding="utf-8")):
            found.append(f"{path.relative_to(layout.ROOT)}:{line}")
    for place in found:
        print(f"   {place}: a state is set past its transition; call the service", flush=True)
    print(f"   {'FAILED' if found else 'ok'}", flush=True)
    return not found


def states_set(source: str) -> Iterator[int]:
    """Yield the lines that write a guarded state by a query, which asks no permission."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if node.func.attr in WRITERS and any(_is_guarded(word) for word in node.keywords):
            yield node.lineno


def _is_guarded(word: ast.keyword) -> bool:
    if word.arg == "defaults" and isinstance(word.value, ast.Dict):
        keys = (key.value for key in word.value.keys if isinstance(key, ast.Constant))
        return "state" in keys
    if word.arg != "state":
        return False
    value = word.value
    if isinstance(value, ast.Attribute) and isinstance(value.value, ast.Name):
        return value.value.id in GUARDED_STATES
    return True

"""`script/manage COMMAND ...`: a management command where the server's are run."""

from supervisor import layout, processes
from supervisor.refusal import Refusal
from supervisor.surroundings import manage, surroundings

# These change the schema, the roles or everything at once; all others work as the application
# does, so that no command can do what the application may not.
OF_THE_OWNER = {
    "backup",
    "check_keys",
    "createcachetable",
    "dbshell",
    "flush",
    "grant_roles",
    "inspectdb",
    "load_demonstration",
    "make_cases",
    "makemigrations",
    "migrate",
    "pgtrigger",
    "prepare",
    "restore",
    "rotate_keys",
    "showmigrations",
    "sqlmigrate",
}
# These say something without a database that is ready.
NEEDING_NOTHING = OF_THE_OWNER | {"check", "help", "version", "makemessages", "compilemessages"}


def main(arguments: list[str]) -> int:
    command = next((word for word in arguments if not word.startswith("-")), "help")
    asks_only = "--help" in arguments or "-h" in arguments
    if command == "restore" and not asks_only and (where := layout.is_locked("server")):
        raise Refusal(f"Stop the server first: {where}.")
    with surroundings() as around:
        owner = around.owner
        is_ready = (layout.VAR / "prepared").exists()
        if command not in NEEDING_NOTHING and not asks_only and not is_ready:
            log = layout.LOGS / "prepare.log"
            print("Preparing the database ...", flush=True)
            processes.run(manage("prepare"), environment=owner, log=log, cwd=layout.ROOT)
        environment = owner if command in OF_THE_OWNER else around.application
        return processes.run_in_foreground(
            manage(*arguments), environment=environment, cwd=layout.WORKING
        )

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from sealing.keys import WrongKey, check_keys
from sealing.models import KeyCheck


class Command(BaseCommand):
    help = "Tells whether the keys of this environment are those that the database was made with."

    requires_system_checks: list[str] = []  # must work when a page does not

    def handle(self, *args: Any, **options: Any) -> None:
        if KeyCheck._meta.db_table not in connection.introspection.table_names():
            raise CommandError("The database is empty: there is nothing to compare the keys with.")
        try:
            check_keys()
        except WrongKey as error:
            raise CommandError(str(error)) from error
        self.stdout.write("The keys fit the database.")

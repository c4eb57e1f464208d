from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CasesConfig(AppConfig):
    name = "cases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cases import (
            change_number,
            checks,  # noqa: F401 - registers the check of the rules
            tracking,
        )

        # Triggers on tables of several apps: put there once all of them are migrated.
        for module in (tracking, change_number):
            post_migrate.connect(module.install, sender=self, dispatch_uid=module.__name__)

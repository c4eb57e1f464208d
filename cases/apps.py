from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CasesConfig(AppConfig):
    name = "cases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cases import checks  # noqa: F401 - registers the check of the rules
        from cases.tracking import install

        # Triggers on tables of several apps: put there once all of them are migrated.
        post_migrate.connect(install, sender=self, dispatch_uid="cases.tracking")

from django.apps import AppConfig


class StatementsConfig(AppConfig):
    name = "statements"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cases.search import entries
        from statements import searched

        entries.add_source(searched.texts_of, *searched.RELATIONS)

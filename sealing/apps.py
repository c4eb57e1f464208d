from django.apps import AppConfig


class SealingConfig(AppConfig):
    name = "sealing"
    default_auto_field = "django.db.models.BigAutoField"

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cases.signals import event_recorded
        from notifications.outbox import write

        event_recorded.connect(write, dispatch_uid="notifications.outbox")

from django.db import migrations


class Migration(migrations.Migration):
    """The table went to `cases`; only the state of the models changes here."""

    dependencies = [("cases", "0012_write_up"), ("intake", "0002_write_up")]

    operations = [
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel("WriteUp")])
    ]

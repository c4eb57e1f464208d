from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0002_statement_kinds"),
    ]

    operations = [
        migrations.AddField(
            model_name="participation",
            name="is_counsel",
            field=models.BooleanField(default=False),
        ),
    ]

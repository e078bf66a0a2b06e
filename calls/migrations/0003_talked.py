from django.db import migrations, models

from crm.queries.indexes import AddIndexInUse


class Migration(migrations.Migration):
    # The index is built beside writes that go on, which no transaction can hold.
    atomic = False

    dependencies = [
        ("calls", "0002_call_asked_not_to_be_called"),
    ]

    operations = [
        AddIndexInUse(
            model_name="call",
            index=models.Index(
                fields=["updated_at"],
                name="call_talked",
                condition=models.Q(
                    ("contact__isnull", False),
                    ("status", "completed"),
                    ("transcript_status", "ready"),
                ),
            ),
        ),
    ]

from django.conf import settings
from django.db import migrations, models

from crm.queries.indexes import AddIndexInUse


class Migration(migrations.Migration):
    # The indexes are built beside writes that go on, which no transaction can hold.
    atomic = False

    dependencies = [
        ("history", "0001_initial"),
        ("teams", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndexInUse(
            model_name="change",
            index=models.Index(
                fields=["team", "actor_user", "-at", "-id"],
                name="history_by_person",
                condition=models.Q(("actor_user__isnull", False)),
            ),
        ),
        AddIndexInUse(
            model_name="change",
            index=models.Index(
                fields=["team", "actor_key", "-at", "-id"],
                name="history_by_key",
                condition=models.Q(("actor_key__isnull", False)),
            ),
        ),
        AddIndexInUse(
            model_name="change",
            index=models.Index(
                fields=["team", "origin", "-at", "-id"],
                name="history_by_origin",
                condition=models.Q(("origin__in", ["manual", "api"]), _negated=True),
            ),
        ),
        AddIndexInUse(
            model_name="change",
            index=models.Index(
                fields=["team", "-at", "-id"],
                name="history_of_deletions",
                condition=models.Q(("verb", "deleted")),
            ),
        ),
    ]

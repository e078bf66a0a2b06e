import django.core.serializers.json
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("history", "0002_audit_indexes"),
    ]

    operations = [
        # A column that may be null and has no default: PostgreSQL rewrites no row for it.
        migrations.AddField(
            model_name="change",
            name="evidence",
            field=models.JSONField(
                blank=True, encoder=django.core.serializers.json.DjangoJSONEncoder, null=True
            ),
        ),
    ]

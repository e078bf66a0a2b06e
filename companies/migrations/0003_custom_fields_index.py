from django.db import migrations

from crm.records.indexes import AddPostgresIndex


class Migration(migrations.Migration):
    # The index is built beside writes that go on, which no transaction can hold.
    atomic = False

    dependencies = [("companies", "0002_company_custom_fields")]

    operations = [
        AddPostgresIndex(
            "company",
            "company_custom_fields_gin",
            "USING gin (team_id, custom_fields jsonb_path_ops)",
            concurrently=True,
        ),
    ]

from django.db import migrations

from crm.records.indexes import AddPostgresIndex


class Migration(migrations.Migration):
    # The index is built beside writes that go on, which no transaction can hold.
    atomic = False

    dependencies = [("calls", "0004_recording_facts")]

    operations = [
        # Its extensions are there since the calls' own search index.
        AddPostgresIndex(
            "transcript",
            "transcript_text_trgm",
            "USING gin (team_id, text gin_trgm_ops)",
            concurrently=True,
        ),
    ]

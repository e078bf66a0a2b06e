"""A contact may be put back in part. Choices are no part of a column: no SQL runs."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('imports', '0003_found'),
    ]

    operations = [
        migrations.AlterField(
            model_name='importrow',
            name='undone',
            field=models.CharField(blank=True, choices=[('done', 'Undone'), ('changed', 'Kept: changed since'), ('called', 'Kept: called since'), ('partly', 'Put back, but for what is no longer there'), ('stuck', 'Kept: it cannot be as it was'), ('gone', 'Deleted since')], max_length=10),
        ),
    ]

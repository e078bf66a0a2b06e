"""Say more plainly why undoing has kept a contact. Choices are no part of a column: no SQL runs."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('imports', '0003_found'),
    ]

    operations = [
        migrations.AlterField(
            model_name='importrow',
            name='undone',
            field=models.CharField(blank=True, choices=[('done', 'Undone'), ('changed', 'Kept: changed since'), ('called', 'Kept: called since'), ('stuck', 'Kept: the company or option it had before is gone'), ('gone', 'Deleted since')], max_length=10),
        ),
    ]

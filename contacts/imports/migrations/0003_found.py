"""What is found in a file is kept, and one more thing that undoing may say of a row.

Neither rewrites a table: PostgreSQL keeps a constant default beside the table, and choices are no
part of a column.
"""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('imports', '0002_notices'),
    ]

    operations = [
        migrations.AddField(
            model_name='import',
            name='found',
            field=models.JSONField(default=dict, editable=False),
        ),
        migrations.AlterField(
            model_name='importrow',
            name='undone',
            field=models.CharField(blank=True, choices=[('done', 'Undone'), ('changed', 'Kept: changed since'), ('called', 'Kept: called since'), ('stuck', 'Kept: it cannot be as it was'), ('gone', 'Deleted since')], max_length=10),
        ),
    ]

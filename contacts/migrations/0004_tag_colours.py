# A tag's colours have names: nothing changes in the database.

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contacts', '0003_custom_fields_index'),
    ]

    operations = [
        migrations.AlterField(
            model_name='tag',
            name='color',
            field=models.PositiveSmallIntegerField(choices=[(0, 'Grey'), (1, 'Teal'), (2, 'Blue'), (3, 'Violet'), (4, 'Pink'), (5, 'Red'), (6, 'Orange'), (7, 'Yellow'), (8, 'Green'), (9, 'Mint')], default=0, verbose_name='colour'),
        ),
    ]

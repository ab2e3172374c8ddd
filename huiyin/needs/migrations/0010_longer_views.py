from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("needs", "0009_order_links")]
    operations = [
        migrations.AlterField(model_name="savedview", name="query", field=models.CharField(max_length=1000)),
    ]

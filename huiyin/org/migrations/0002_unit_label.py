"""Path labels come from a sequence: no two units ever share one, also when added at the same moment."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("org", "0001_initial")]
    operations = [migrations.RunSQL("CREATE SEQUENCE org_unit_label", "DROP SEQUENCE org_unit_label")]

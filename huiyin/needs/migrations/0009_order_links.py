"""A matter that left an order may follow it again; who left it keeps no erased words in it."""

from django.db import migrations, models

ERASE = """
CREATE OR REPLACE FUNCTION needs_erase_orders() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  tombstone constant text := '〔内容已依法删除〕';
BEGIN
  UPDATE public.needs_rating SET words = '' WHERE need_id = NEW.id AND words <> '';
  UPDATE public.needs_order o
     SET what = tombstone, place_text = '', who_else = '', result = CASE WHEN result = '' THEN '' ELSE tombstone END
   WHERE o.id IN (SELECT order_id FROM public.needs_orderneed WHERE need_id = NEW.id)
     AND NOT EXISTS (SELECT 1 FROM public.needs_orderneed l JOIN public.needs_need n ON n.id = l.need_id
                      WHERE l.order_id = o.id AND n.erased_at IS NULL%s);
  UPDATE public.needs_ordermove m SET note = '' FROM public.needs_order o, public.needs_orderneed l
   WHERE m.note <> '' AND o.id = m.order_id AND l.order_id = o.id AND l.need_id = NEW.id AND o.what = tombstone;
  RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("needs", "0008_protect_desk")]
    operations = [
        migrations.RemoveConstraint(model_name="orderneed", name="order_need_once"),
        migrations.AddConstraint(
            model_name="orderneed",
            constraint=models.UniqueConstraint(
                condition=models.Q(("left_at__isnull", True)), fields=("order", "need"), name="order_need_once"
            ),
        ),
        migrations.RunSQL(ERASE % " AND l.left_at IS NULL", ERASE % ""),
    ]

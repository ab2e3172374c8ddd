"""Ratings, links and the history of orders cannot be changed; erasure reaches orders and ratings too."""

from django.db import migrations

APPEND_ONLY = ("needs_rating", "needs_ordermove", "needs_orderneed")
KEPT = "".join(
    f"""
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION huiyin_append_only();
CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION huiyin_append_only();
"""
    for table in APPEND_ONLY
)
ORDERS = """
CREATE TRIGGER keep_rows BEFORE DELETE ON needs_order FOR EACH ROW EXECUTE FUNCTION huiyin_append_only();
CREATE TRIGGER keep_whole BEFORE TRUNCATE ON needs_order FOR EACH STATEMENT EXECUTE FUNCTION huiyin_append_only();

-- An order's words go with its matter when it served no other that is still kept.
CREATE FUNCTION needs_erase_orders() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  tombstone constant text := '〔内容已依法删除〕';
BEGIN
  UPDATE public.needs_rating SET words = '' WHERE need_id = NEW.id AND words <> '';
  UPDATE public.needs_order o
     SET what = tombstone, place_text = '', who_else = '', result = CASE WHEN result = '' THEN '' ELSE tombstone END
   WHERE o.id IN (SELECT order_id FROM public.needs_orderneed WHERE need_id = NEW.id)
     AND NOT EXISTS (SELECT 1 FROM public.needs_orderneed l JOIN public.needs_need n ON n.id = l.need_id
                      WHERE l.order_id = o.id AND n.erased_at IS NULL);
  UPDATE public.needs_ordermove m SET note = '' FROM public.needs_order o, public.needs_orderneed l
   WHERE m.note <> '' AND o.id = m.order_id AND l.order_id = o.id AND l.need_id = NEW.id AND o.what = tombstone;
  RETURN NULL;
END $$;
CREATE TRIGGER erase_orders AFTER UPDATE ON needs_need FOR EACH ROW
  WHEN (OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL) EXECUTE FUNCTION needs_erase_orders();
"""
BACK = (
    "".join(f"DROP TRIGGER append_only ON {t}; DROP TRIGGER append_only_whole ON {t};" for t in APPEND_ONLY)
    + """
DROP TRIGGER erase_orders ON needs_need;
DROP FUNCTION needs_erase_orders();
DROP TRIGGER keep_rows ON needs_order;
DROP TRIGGER keep_whole ON needs_order;
"""
)


class Migration(migrations.Migration):
    dependencies = [("needs", "0003_orders"), ("platform", "0002_append_only")]
    operations = [migrations.RunSQL(KEPT + ORDERS, BACK)]

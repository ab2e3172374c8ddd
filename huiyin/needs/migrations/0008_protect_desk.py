"""A link of an order may be left, once; pictures of notes go with an erased matter; tickets keep their number."""

from django.db import migrations

FORWARD = """
DROP TRIGGER append_only ON needs_orderneed;
CREATE TRIGGER keep_rows BEFORE DELETE ON needs_orderneed
  FOR EACH ROW EXECUTE FUNCTION huiyin_append_only();
CREATE TRIGGER append_only BEFORE UPDATE ON needs_orderneed FOR EACH ROW
  WHEN (OLD.left_at IS NOT NULL OR NEW.left_at IS NULL OR OLD.order_id IS DISTINCT FROM NEW.order_id
        OR OLD.need_id IS DISTINCT FROM NEW.need_id OR OLD.round IS DISTINCT FROM NEW.round)
  EXECUTE FUNCTION huiyin_append_only();

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON needs_ticket
  FOR EACH ROW EXECUTE FUNCTION huiyin_append_only();
CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON needs_ticket
  FOR EACH STATEMENT EXECUTE FUNCTION huiyin_append_only();

CREATE FUNCTION needs_erase_desk() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  DELETE FROM public.needs_notephoto p USING public.needs_move m WHERE m.id = p.move_id AND m.need_id = NEW.id;
  DELETE FROM public.needs_seen WHERE need_id = NEW.id;
  UPDATE public.needs_batchitem SET row_cipher = '', said = '' WHERE need_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER erase_desk AFTER UPDATE ON needs_need FOR EACH ROW
  WHEN (OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL) EXECUTE FUNCTION needs_erase_desk();
"""
BACK = """
DROP TRIGGER erase_desk ON needs_need;
DROP FUNCTION needs_erase_desk();
DROP TRIGGER append_only ON needs_ticket;
DROP TRIGGER append_only_whole ON needs_ticket;
DROP TRIGGER keep_rows ON needs_orderneed;
DROP TRIGGER append_only ON needs_orderneed;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON needs_orderneed
  FOR EACH ROW EXECUTE FUNCTION huiyin_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("needs", "0007_desk")]
    operations = [migrations.RunSQL(FORWARD, BACK)]

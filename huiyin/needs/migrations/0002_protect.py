"""The resident's words, the history and the answers cannot be changed; erasure is one audited function."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION needs_keep_words() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF public.huiyin_lawful() THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'the words of % are verbatim and cannot be changed', TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER keep_words BEFORE UPDATE ON needs_need FOR EACH ROW
  WHEN (OLD.words IS DISTINCT FROM NEW.words OR OLD.code IS DISTINCT FROM NEW.code
        OR OLD.received_at IS DISTINCT FROM NEW.received_at OR OLD.source IS DISTINCT FROM NEW.source
        OR OLD.about_staff IS DISTINCT FROM NEW.about_staff OR OLD.channel IS DISTINCT FROM NEW.channel)
  EXECUTE FUNCTION needs_keep_words();
CREATE TRIGGER keep_rows BEFORE DELETE ON needs_need FOR EACH ROW EXECUTE FUNCTION huiyin_append_only();
CREATE TRIGGER keep_whole BEFORE TRUNCATE ON needs_need FOR EACH STATEMENT EXECUTE FUNCTION huiyin_append_only();

CREATE TRIGGER keep_words BEFORE UPDATE ON needs_answer FOR EACH ROW
  WHEN (OLD.text IS DISTINCT FROM NEW.text OR OLD.written_by_id IS DISTINCT FROM NEW.written_by_id
        OR OLD.written_at IS DISTINCT FROM NEW.written_at)
  EXECUTE FUNCTION needs_keep_words();
CREATE TRIGGER keep_rows BEFORE DELETE ON needs_answer FOR EACH ROW EXECUTE FUNCTION huiyin_append_only();
CREATE TRIGGER keep_whole BEFORE TRUNCATE ON needs_answer FOR EACH STATEMENT EXECUTE FUNCTION huiyin_append_only();

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON needs_move
  FOR EACH ROW EXECUTE FUNCTION huiyin_append_only();
CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON needs_move
  FOR EACH STATEMENT EXECUTE FUNCTION huiyin_append_only();

-- Who is kept out stays out.
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON needs_barred
  FOR EACH ROW EXECUTE FUNCTION huiyin_append_only();

-- Lawful erasure. It asks itself whether p_by is the street's head over this matter today (org/roles.py: need.erase),
-- so that the app's role cannot erase in anybody else's name, and takes the time from the server.
CREATE FUNCTION huiyin_erase_need(p_need uuid, p_by uuid, p_reason text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  tombstone constant text := '〔内容已依法删除〕';
  moment constant timestamptz := clock_timestamp();
  office_day constant date := (moment AT TIME ZONE 'Asia/Shanghai')::date;
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM public.needs_need n JOIN public.org_unit held ON held.id = n.unit_id
      JOIN public.org_unit over ON starts_with(held.path, over.path)
      JOIN public.org_post p ON p.unit_id = over.id
     WHERE n.id = p_need AND p.user_id = p_by AND p.role = 'street_head' AND p.started_on <= office_day
       AND (p.ended_on IS NULL OR p.ended_on > office_day)
       AND NOT EXISTS (SELECT 1 FROM public.needs_barred b WHERE b.need_id = n.id AND b.user_id = p_by)) THEN
    RAISE EXCEPTION 'only the head of the street may erase' USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM set_config('huiyin.lawful_erasure', 'on', true);
  INSERT INTO public.needs_move (need_id, at, verb, from_state, to_state, from_unit_id, unit_id, by_id, by_kind,
                                 by_name, by_unit_name, note)
       SELECT id, moment, 'erase', state, CASE WHEN closed_at IS NULL THEN 'withdrawn' ELSE state END, unit_id, unit_id,
              p_by, 'staff', '', '', ''
         FROM public.needs_need WHERE id = p_need;
  UPDATE public.needs_need SET words = tombstone, place_text = '', about_staff = '', lon = NULL, lat = NULL,
         building_id = NULL, owner_id = NULL, erased_at = moment,
         state = CASE WHEN closed_at IS NULL THEN 'withdrawn' ELSE state END, closed_at = coalesce(closed_at, moment)
   WHERE id = p_need;
  UPDATE public.needs_answer SET text = tombstone, delivered_note = '' WHERE need_id = p_need;
  UPDATE public.needs_move SET note = '' WHERE need_id = p_need AND note <> '';
  DELETE FROM public.needs_photo WHERE need_id = p_need;
  DELETE FROM public.needs_contact WHERE need_id = p_need;
  DELETE FROM public.notify_message WHERE about = 'need:' || p_need;
  INSERT INTO public.platform_auditentry (at, actor_kind, user_id, user_name, unit_name, action, subject, detail,
                                          reference)
       VALUES (moment, 'staff', p_by, '', '', 'need.erase', 'need:' || p_need,
               jsonb_build_object('reason', p_reason, 'session_user', session_user), '');
  PERFORM set_config('huiyin.lawful_erasure', 'off', true);
END $$;
"""

BACK = """
DROP FUNCTION huiyin_erase_need(uuid, uuid, text);
DROP TRIGGER append_only ON needs_barred;
DROP TRIGGER append_only_whole ON needs_move;
DROP TRIGGER append_only ON needs_move;
DROP TRIGGER keep_whole ON needs_answer;
DROP TRIGGER keep_rows ON needs_answer;
DROP TRIGGER keep_words ON needs_answer;
DROP TRIGGER keep_whole ON needs_need;
DROP TRIGGER keep_rows ON needs_need;
DROP TRIGGER keep_words ON needs_need;
DROP FUNCTION needs_keep_words();
"""


class Migration(migrations.Migration):
    dependencies = [("needs", "0001_initial"), ("platform", "0002_append_only"), ("notify", "0001_initial"), ("org", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACK)]

"""The resident's words, the history and the answers cannot be changed; erasure is one audited function."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION needs_keep_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF huiyin_lawful() THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'the words of % are verbatim and cannot be changed', TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER keep_words BEFORE UPDATE ON needs_need FOR EACH ROW
  WHEN (OLD.words IS DISTINCT FROM NEW.words OR OLD.code IS DISTINCT FROM NEW.code
        OR OLD.received_at IS DISTINCT FROM NEW.received_at OR OLD.source IS DISTINCT FROM NEW.source)
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

CREATE FUNCTION huiyin_erase_need(p_need uuid, p_by uuid, p_reason text, p_at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  tombstone constant text := '〔内容已依法删除〕';
BEGIN
  PERFORM set_config('huiyin.lawful_erasure', 'on', true);
  UPDATE needs_need SET words = tombstone, place_text = '', about_staff = '', lon = NULL, lat = NULL,
         building_id = NULL, owner_id = NULL, erased_at = p_at WHERE id = p_need;
  UPDATE needs_answer SET text = tombstone, delivered_note = '' WHERE need_id = p_need;
  UPDATE needs_move SET note = '' WHERE need_id = p_need AND note <> '';
  DELETE FROM needs_photo WHERE need_id = p_need;
  DELETE FROM needs_contact WHERE need_id = p_need;
  INSERT INTO needs_move (need_id, at, verb, from_state, to_state, from_unit_id, unit_id, by_id, by_kind,
                          by_name, by_unit_name, note)
       SELECT id, p_at, 'erase', state, state, unit_id, unit_id, p_by, 'staff', '', '', ''
         FROM needs_need WHERE id = p_need;
  INSERT INTO platform_auditentry (at, actor_kind, user_id, user_name, unit_name, action, subject, detail, reference)
       VALUES (p_at, 'staff', p_by, '', '', 'need.erase', 'need:' || p_need,
               jsonb_build_object('reason', p_reason), '');
  PERFORM set_config('huiyin.lawful_erasure', 'off', true);
END $$;
"""

BACK = """
DROP FUNCTION huiyin_erase_need(uuid, uuid, text, timestamptz);
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
    dependencies = [("needs", "0001_initial"), ("platform", "0002_append_only")]
    operations = [migrations.RunSQL(FORWARD, BACK)]

"""Append-only for real: a trigger refuses UPDATE, DELETE and TRUNCATE, whoever asks."""

from django.db import migrations

# Lawful erasure is the one exception: a function that runs as the owner and says so for its transaction.
# The app's role can set the setting but is never the owner; the owner's own session does not set it.
FORWARD = """
-- Every name is qualified and the search path fixed: a temporary table must not stand in for a catalogue.
CREATE FUNCTION huiyin_lawful() RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT pg_catalog.current_setting('huiyin.lawful_erasure', true) = 'on'
     AND current_user = pg_catalog.pg_get_userbyid(
           (SELECT relowner FROM pg_catalog.pg_class WHERE oid = 'public.platform_auditentry'::regclass))
$$;

CREATE FUNCTION huiyin_append_only() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_LEVEL = 'ROW' AND public.huiyin_lawful() THEN
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
  END IF;
  RAISE EXCEPTION '% on % is refused: it is append-only', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON platform_auditentry
  FOR EACH ROW EXECUTE FUNCTION huiyin_append_only();
CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON platform_auditentry
  FOR EACH STATEMENT EXECUTE FUNCTION huiyin_append_only();

ALTER TABLE platform_hit SET UNLOGGED;
"""

BACK = """
ALTER TABLE platform_hit SET LOGGED;
DROP TRIGGER append_only_whole ON platform_auditentry;
DROP TRIGGER append_only ON platform_auditentry;
DROP FUNCTION huiyin_append_only();
DROP FUNCTION huiyin_lawful();
"""


class Migration(migrations.Migration):
    dependencies = [("platform", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACK)]

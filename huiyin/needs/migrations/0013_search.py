"""Search: every matter's pairs of characters, kept by the database, so that no way in and no erasure forgets them."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

FORWARD = r"""
-- U+E000, which nobody types, stands between words and place: no pair spans both.
-- Text as search compares it: full-width forms folded, small letters, no white space.
CREATE FUNCTION needs_plain(given text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT regexp_replace(lower(normalize(given, NFKC)), '\s+', '', 'g')
$$;
CREATE FUNCTION needs_grams(given text) RETURNS varchar[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT coalesce(array_agg(DISTINCT (c || after)::varchar), '{}')
  FROM (SELECT c, lead(c) OVER (ORDER BY n) AS after
        FROM unnest(string_to_array(public.needs_plain(given), NULL)) WITH ORDINALITY AS u(c, n)) AS pairs
  WHERE after IS NOT NULL
$$;
CREATE FUNCTION needs_index() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO public.needs_needindex (need_id, grams)
  VALUES (NEW.id, public.needs_grams(NEW.words || U&'\E000' || NEW.place_text))
  ON CONFLICT (need_id) DO UPDATE SET grams = EXCLUDED.grams;
  RETURN NULL;
END $$;
CREATE TRIGGER index_new AFTER INSERT ON needs_need FOR EACH ROW EXECUTE FUNCTION needs_index();
CREATE TRIGGER index_changed AFTER UPDATE ON needs_need FOR EACH ROW
  WHEN (OLD.words IS DISTINCT FROM NEW.words OR OLD.place_text IS DISTINCT FROM NEW.place_text)
  EXECUTE FUNCTION needs_index();
INSERT INTO needs_needindex (need_id, grams)
  SELECT id, needs_grams(words || U&'\E000' || place_text) FROM needs_need;
"""
BACK = """
DROP TRIGGER index_new ON needs_need;
DROP TRIGGER index_changed ON needs_need;
DROP FUNCTION needs_index();
DROP FUNCTION needs_grams(text);
DROP FUNCTION needs_plain(text);
"""


class Migration(migrations.Migration):
    dependencies = [("needs", "0012_learning")]
    operations = [
        migrations.RemoveIndex(model_name="need", name="need_recently_closed"),
        migrations.AddIndex(
            model_name="need", index=models.Index(fields=["-received_at", "id"], name="need_by_time")
        ),
        migrations.CreateModel(
            name="NeedIndex",
            fields=[
                (
                    "need",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name="index",
                        serialize=False, to="needs.need",
                    ),
                ),
                (
                    "grams",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=4), size=None),
                ),
            ],
            options={"indexes": [django.contrib.postgres.indexes.GinIndex(fields=["grams"], name="need_grams")]},
        ),
        migrations.RunSQL(FORWARD, BACK),
    ]  # fmt: skip

"""Search narrowed by unit within its own index; waiting matters by promise; telephones found by their last four digits."""

from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models
from django.db.models import Q

FORWARD = r"""
-- One character of Unicode's private plane for a unit, as rules.searching.mark has it: no pair of a text is one character.
CREATE FUNCTION needs_mark(unit uuid) RETURNS varchar
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT chr(983040 + ('x' || right(unit::text, 4))::bit(16)::int)
$$;
-- The same for the quarter of the office's year in which a matter was received (rules.searching.quarter).
CREATE FUNCTION needs_quarter(received timestamptz) RETURNS varchar
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT chr(1048576 + 4 * (extract(year FROM received AT TIME ZONE 'Asia/Shanghai')::int - 2000)
             + extract(quarter FROM received AT TIME ZONE 'Asia/Shanghai')::int)
$$;
CREATE OR REPLACE FUNCTION needs_index() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO public.needs_needindex (need_id, grams)
  VALUES (NEW.id, public.needs_grams(NEW.words || U&'\E000' || NEW.place_text) || public.needs_mark(NEW.unit_id)
                  || public.needs_mark(NEW.home_id) || public.needs_quarter(NEW.received_at))
  ON CONFLICT (need_id) DO UPDATE SET grams = EXCLUDED.grams;
  RETURN NULL;
END $$;
DROP TRIGGER index_changed ON needs_need;
CREATE TRIGGER index_changed AFTER UPDATE ON needs_need FOR EACH ROW
  WHEN (OLD.words IS DISTINCT FROM NEW.words OR OLD.place_text IS DISTINCT FROM NEW.place_text
        OR OLD.unit_id <> NEW.unit_id OR OLD.home_id <> NEW.home_id OR OLD.received_at <> NEW.received_at)
  EXECUTE FUNCTION needs_index();
UPDATE needs_needindex i SET grams = i.grams || needs_mark(n.unit_id) || needs_mark(n.home_id)
                                         || needs_quarter(n.received_at)
  FROM needs_need n WHERE n.id = i.need_id;
"""
BACK = r"""
CREATE OR REPLACE FUNCTION needs_index() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO public.needs_needindex (need_id, grams)
  VALUES (NEW.id, public.needs_grams(NEW.words || U&'\E000' || NEW.place_text))
  ON CONFLICT (need_id) DO UPDATE SET grams = EXCLUDED.grams;
  RETURN NULL;
END $$;
DROP TRIGGER index_changed ON needs_need;
CREATE TRIGGER index_changed AFTER UPDATE ON needs_need FOR EACH ROW
  WHEN (OLD.words IS DISTINCT FROM NEW.words OR OLD.place_text IS DISTINCT FROM NEW.place_text)
  EXECUTE FUNCTION needs_index();
UPDATE needs_needindex SET grams = ARRAY(SELECT g FROM unnest(grams) AS g WHERE length(g) > 1);
DROP FUNCTION needs_mark(uuid);
DROP FUNCTION needs_quarter(timestamptz);
"""


def fill_tails(apps: Any, editor: Any) -> None:
    """Index the last digits of the telephones there are: they stand encrypted, so PostgreSQL cannot."""
    from cryptography.fernet import InvalidToken

    from huiyin.platform import crypto

    unread = 0
    contacts = apps.get_model("needs", "Contact").objects.using(editor.connection.alias)
    batch: list[Any] = []
    for contact in contacts.exclude(phone_cipher="").iterator(chunk_size=2000):
        try:
            contact.phone_tail = crypto.tail_index(crypto.decrypt(contact.phone_cipher))
        except InvalidToken:  # written with a key that is gone: it is read by nobody, and stops no upgrade
            unread += 1
            continue
        batch.append(contact)
        if len(batch) == 2000:
            contacts.bulk_update(batch, ["phone_tail"])
            batch.clear()
    contacts.bulk_update(batch, ["phone_tail"])
    if unread:
        print(f"{unread} contacts cannot be decrypted with these keys")  # noqa: T201  # to who migrates


class Migration(migrations.Migration):
    dependencies = [("needs", "0019_answers_replaced")]
    operations = [
        # a million rows are indexed anew in one go, not one by one
        migrations.RemoveIndex(model_name="needindex", name="need_grams"),
        migrations.RunSQL(FORWARD, BACK),
        migrations.AddIndex(model_name="needindex", index=GinIndex(fields=["grams"], name="need_grams")),
        migrations.AddIndex(
            model_name="need",
            index=models.Index(
                fields=["promised_on", "received_at", "id"],
                condition=Q(closed_at__isnull=True, state__in=["collect", "analyse", "match", "carry_out"]),
                name="need_waiting",
            ),
        ),
        migrations.RemoveIndex(model_name="need", name="need_open_by_unit"),
        migrations.AddIndex(
            model_name="need",
            index=models.Index(
                fields=["unit", "promised_on"],
                include=["id", "state", "duplicate_of", "round"],
                condition=Q(closed_at__isnull=True),
                name="need_open_by_unit",
            ),
        ),
        migrations.AddIndex(
            model_name="figure",
            index=models.Index(
                fields=["measure", "month"], include=["home", "count"], condition=Q(split=""), name="figure_plain"
            ),
        ),
        migrations.AddField(
            model_name="contact", name="phone_tail", field=models.CharField(blank=True, default="", max_length=32)
        ),
        migrations.RunPython(fill_tails, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="contact", name="phone_tail", field=models.CharField(blank=True, max_length=32)
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(fields=["phone_tail"], condition=~Q(phone_tail=""), name="contact_by_tail"),
        ),
    ]  # fmt: skip

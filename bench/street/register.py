"""Thirty thousand matters by COPY's big sister: rows multiplied inside the database from a few real ones."""

import psycopg

from bench.street.site import Site

# The states of a year's register: most are closed, some wait for their rating, a few hundred are open.
_FILL = """
INSERT INTO needs_need (id, code, source, channel, words, kind, unit_id, home_id, place_text, lon, lat, public, urgent,
                        about_staff, state, language, received_at, promised_on, registered_at, changed_at, closed_at,
                        dimension, wants, size, category, round, outcome, filed_alone)
SELECT gen_random_uuid(), lpad((10000000000 + i)::text, 11, '0'), 'bench:' || i,
       (ARRAY['web','phone','desk','visit','chat_group'])[1 + i %% 5],
       (ARRAY['路灯不亮，晚上老人不敢出门','下水道堵了三天，没有人来','楼道里堆满杂物，消防通道走不了','电梯停在四楼，困了人'])[1 + i %% 4]
       || '。第' || i || '次反映。', '', g.id, g.id, '青禾苑' || (i %% 40) || '号楼', NULL, NULL, false, false, '',
       CASE WHEN i %% 100 < 88 THEN 'closed' WHEN i %% 100 < 94 THEN 'evaluate' WHEN i %% 100 < 95 THEN 'answer'
     WHEN i %% 100 < 97 THEN 'collect' ELSE 'carry_out' END, 'zh-hans', now() - (i %% 365) * interval '1 day',
       (now() - (i %% 365) * interval '1 day' + interval '7 days')::date, now() - (i %% 365) * interval '1 day', now(),
       CASE WHEN i %% 100 < 88 THEN now() - (i %% 300) * interval '1 day' END, '', '', '', '', 0,
       CASE WHEN i %% 100 < 94 THEN 'solved' ELSE '' END, false
FROM generate_series(1, %(count)s) AS i
JOIN LATERAL (SELECT id FROM org_unit WHERE kind = 'grid' ORDER BY path OFFSET i %% (SELECT count(*) FROM org_unit WHERE kind = 'grid')
              LIMIT 1) g ON true
"""
_MOVES = """
INSERT INTO needs_move (need_id, at, verb, from_state, to_state, from_unit_id, unit_id, by_kind, by_name, by_unit_name, note)
SELECT n.id, n.registered_at + v.i * interval '1 hour', v.verb, '', n.state, NULL, n.unit_id, 'staff', '', '', ''
FROM needs_need n, (VALUES (0, 'register'), (1, 'accept'), (2, 'answer'), (3, 'deliver')) AS v (i, verb)
WHERE n.source LIKE 'bench:%%'
"""
_ANSWERS = """
INSERT INTO needs_answer (id, need_id, text, way, written_at, unit_id, kind, round, outcome, reason, who_else,
                          delivered_at, delivered_note)
SELECT gen_random_uuid(), n.id, '已处理，请您看看。', 'page', n.registered_at + interval '2 days', n.unit_id, 'result', 0,
       'solved', '', '', n.registered_at + interval '3 days', ''
FROM needs_need n WHERE n.source LIKE 'bench:%%' AND n.state IN ('closed', 'evaluate')
"""
_ORDERS = """
INSERT INTO needs_order (id, what, place_text, unit_id, made_unit_id, open_to, state, due_on, result, outcome, reason, who_else,
                         made_at, changed_at)
SELECT n.id, '请到现场处理并告诉居民', n.place_text, n.unit_id, u.parent_id, '', 'working', n.promised_on, '', '', '', '', now(), now()
FROM needs_need n JOIN org_unit u ON u.id = n.unit_id WHERE n.source LIKE 'bench:%%' AND n.state = 'carry_out'
"""
_LINKS = """
INSERT INTO needs_orderneed (order_id, need_id, round) SELECT o.id, o.id, 0 FROM needs_order o
WHERE NOT EXISTS (SELECT 1 FROM needs_orderneed l WHERE l.order_id = o.id)
"""


def fill(site: Site, *, matters: int) -> None:
    """Fill the register with this many matters of one year, spread over all grids, and let the planner know."""
    with site.connect() as connection:
        connection.execute(_FILL, {"count": matters})
        for statement in (_MOVES, _ANSWERS, _ORDERS, _LINKS):
            connection.execute(statement, {})
    with psycopg.connect(site.cluster.url("postgres"), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")

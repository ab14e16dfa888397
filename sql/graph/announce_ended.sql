-- Tells whoever listens that jobs of graphs have ended.

create function ratchet_internal.announce_ended(p_jobs bigint[]) returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  select ratchet_internal.announce_graph(j, null, j.context)
  from ratchet.jobs j where j.id = any (p_jobs) order by j.id
$$;
comment on function ratchet_internal.announce_ended(bigint[]) is
  'Tells whoever listens that jobs of graphs have ended.';

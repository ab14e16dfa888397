-- Tells whoever listens which jobs are over after their stretches.

create function ratchet_internal.announce_drafts(p_drafts ratchet_internal.graph_draft[])
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (select from ratchet_internal.subscriptions) then
    perform ratchet_internal.announce_graph(d.job, null, (d.job).context)
    from unnest(p_drafts) d where (d.job).finished_at is not null;
  end if;
end $$;
comment on function ratchet_internal.announce_drafts(ratchet_internal.graph_draft[]) is
  'Tells whoever listens which jobs are over after their stretches.';

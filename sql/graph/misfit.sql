-- How a job ends whose activity the active version no longer has, has elsewhere in its tree, or has
-- as something that is never answered.

create function ratchet_internal.misfit(p_space text, p_item ratchet_internal.graph_item)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select jsonb_build_object('error', jsonb_build_object('code', 598, 'activity', n.name,
    'dad', p_item.address, 'message', 'the active version has no activity ' || n.name
      || ' at this place; the job cannot go on'))
  from ratchet_internal.graph_names n where n.space = p_space and n.position = p_item.position
$$;
comment on function ratchet_internal.misfit(text, ratchet_internal.graph_item) is
  'How a job ends that does not fit the active version.';

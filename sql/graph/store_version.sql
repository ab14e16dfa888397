-- Stores a version in its normal form and compiles it. An earlier row of the same version is
-- replaced, and is removed once nobody can be reading it any more. Nothing is known of how many the
-- new rows are: nested loops would join each activity with all others of its version.
-- Locks: the app. Writes: graph tables.

create function ratchet_internal.store_version(p_app jsonb, p_namespace text) returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_nestloop = off
as $$
declare
  v_now timestamptz := ratchet_internal.now();
  v_space text := ratchet_internal.app_space(p_app ->> 'id', p_namespace);
  v_old bigint;
  v_new bigint;
begin
  insert into ratchet_internal.graph_apps (space, namespace, app)
  values (v_space, p_namespace, p_app ->> 'id') on conflict do nothing;
  perform from ratchet_internal.graph_apps where space = v_space for update;
  update ratchet_internal.graph_versions set replaced_at = v_now
  where space = v_space and version = p_app ->> 'version' and replaced_at is null
  returning id into v_old;
  insert into ratchet_internal.graph_versions (space, version, document, deployed_at)
  values (v_space, p_app ->> 'version', p_app, v_now) returning id into v_new;
  perform ratchet_internal.compile_names(v_new, v_space, p_app);
  perform ratchet_internal.compile_tree(v_new, v_space, p_app);
  perform ratchet_internal.compile_options(v_new, v_space, p_app);
  perform ratchet_internal.compile_transitions(v_new, v_space, p_app);
  perform ratchet_internal.compile_hooks(v_new, v_space, p_app);
  perform ratchet_internal.compile_uses(v_new, p_app);
  perform ratchet_internal.compile_reads(v_new);
  perform ratchet_internal.compile_plain(v_new);
  perform ratchet_internal.compile_shells(v_new);
  perform ratchet_internal.compile_starts(v_new);
  update ratchet_internal.graph_apps set version_id = v_new, activated_at = v_now
  where space = v_space and version_id = v_old;
  delete from ratchet_internal.graph_versions v
  where v.space = v_space and v.replaced_at < v_now - interval '1 hour';
  return v_new;
end $$;
comment on function ratchet_internal.store_version(jsonb, text) is
  'Stores and compiles a version of an app, in place of an earlier one of the same name.';

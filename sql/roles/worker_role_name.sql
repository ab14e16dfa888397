-- The name under which a role for these queues is provisioned: hmsh_wrk_<namespace>_<queues>, or,
-- where that is another role's, a name that ends with a digest. Roles belong to the whole cluster,
-- so each carries a comment that names its database; a role of that name which lacks it is none of
-- ours and is left alone. Raises: WF104.

create function ratchet_internal.worker_role_name(
  p_namespace text, p_queues text[], p_comment text
) returns name
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_scope text := p_namespace || '_' || array_to_string(p_queues, '_');
  v_base text := 'hmsh_wrk_'
    || regexp_replace(lower(v_scope collate "C"), '[^a-z0-9]+', '_', 'g');
  v_digest text := left(md5(p_comment || to_json(p_queues) || p_namespace), 8);
  v_name text;
begin
  foreach v_name in array array[left(v_base, 63), left(v_base, 54) || '_' || v_digest] loop
    continue when exists (
      select from ratchet_internal.worker_roles r where r.role_name = v_name
        and (r.namespace, r.queues) is distinct from (p_namespace, p_queues));
    continue when exists (
      select from pg_roles r where r.rolname = v_name
        and shobj_description(r.oid, 'pg_authid') is distinct from p_comment);
    return v_name;
  end loop;
  perform ratchet_internal.raise_error('WF104', 'invalid option',
    jsonb_build_object('option', 'role', 'value', v_name),
    'A role of this name exists and is not a worker role of this database; drop or rename it.');
end $$;
comment on function ratchet_internal.worker_role_name(text, text[], text) is
  'The name of the worker role for some queues: the one it has, or the one it is to get.';

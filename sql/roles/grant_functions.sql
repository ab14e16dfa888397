-- Grants a role the functions of some accesses.

create function ratchet_internal.grant_functions(p_role name, p_accesses text[]) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_function regprocedure;
begin
  execute format('grant usage on schema ratchet to %I', p_role);
  for v_function in
    select p.oid::regprocedure from pg_proc p
    join ratchet_internal.grants g on g.function = p.proname
    where p.pronamespace in ('ratchet'::regnamespace, 'ratchet_internal'::regnamespace)
      and g.access = any (p_accesses)
  loop
    execute format('grant execute on function %s to %I', v_function, p_role);
  end loop;
end $$;
comment on function ratchet_internal.grant_functions(name, text[]) is
  'Grants a role the functions of some accesses.';

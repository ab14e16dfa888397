-- The finished program, with registers for operands: constants first, then references, then
-- results. References are grouped by all but their last step, so that what they share is looked up
-- once. Lists of names and numbers are kept as array literals, which Postgres reads faster than
-- JSON.
-- Raises: WF506.

create function ratchet_internal.pipe_finish(p_program ratchet_internal.pipe_program)
returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_constants int := cardinality(p_program.constants);
  v_paths int := cardinality(p_program.paths);
  v_places int[];
  v_parents text[];
  v_keys text[];
  v_code int[];
begin
  perform ratchet_internal.pipe_check_size('@pipe', cardinality(p_program.code), 999999);
  v_places := array(
    select row_number() over (order by (path::text[])[1:cardinality(path::text[]) - 1], at)
    from unnest(p_program.paths) with ordinality as p (path, at) order by at);
  select coalesce(array_agg(parent::text order by parent), '{}'),
    coalesce(array_agg(keys::text order by parent), '{}')
  into v_parents, v_keys
  from (
    select steps[1:cardinality(steps) - 1] as parent,
      array_agg(steps[cardinality(steps)] order by at) as keys
    from (select path::text[] as steps, at
      from unnest(p_program.paths) with ordinality as p (path, at)) s
    group by 1) g;
  v_code := array(
    select case when n < 1000000 then n when n < 2000000 then n - 1000000
      when n < 3000000 then v_constants + v_places[n - 2000000]
      else v_constants + v_paths + n - 3000000 end
    from unnest(p_program.code || p_program.operand) with ordinality as c (n, at) order by at);
  return jsonb_build_object(
    'constants', to_jsonb(p_program.constants),
    'parents', v_parents::text,
    'keys', v_keys::text,
    'families', p_program.families::text,
    'functions', p_program.functions::text,
    'code', v_code[1:cardinality(v_code) - 1]::text,
    'result', v_code[cardinality(v_code)]);
end $$;
comment on function ratchet_internal.pipe_finish(ratchet_internal.pipe_program) is
  'The finished program.';

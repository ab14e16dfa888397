-- Runs a compiled map, or a compiled single value, over the data it refers to. Null is undefined.
-- Bounded: 1,000,000 calls in loops, 64 MiB of values at a time, 16 MiB each. Numbers are written
-- with all their digits whatever the session wants.
-- Raises: WF107, WF506.

create function ratchet_internal.map_run(p_compiled jsonb, p_data jsonb) returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set extra_float_digits = 1
as $$
declare
  c int[] := p_compiled ->> 'code';
  v_families text[] := p_compiled ->> 'families';
  v_functions text[] := p_compiled ->> 'functions';
  r jsonb[] := ratchet_internal.pipe_load(p_compiled, p_data);
  v_at int := 1;
  v_end int := cardinality(c);
  v_count int;
  v_args jsonb[];
  v_value jsonb;
  v_made float8 := 0;
  v_work float8 := 0;
begin
  while v_at <= v_end loop
    v_count := c[v_at + 2];
    if c[v_at] > 0 then
      if v_count = 2 then
        v_args := array[r[c[v_at + 3]], r[c[v_at + 4]]];
      elsif v_count = 1 then
        v_args := array[r[c[v_at + 3]]];
      else
        v_args := '{}';
        for i in 1..v_count loop v_args[i] := r[c[v_at + 2 + i]]; end loop;
      end if;
      v_value := ratchet_internal.pipe_apply(v_families[c[v_at]], v_functions[c[v_at]], v_args);
      if pg_column_size(v_value) > 16384 then
        v_made := ratchet_internal.pipe_check_held(v_functions[c[v_at]], v_value, v_made, r);
        v_work := v_work + pg_column_size(v_value) / 16384;
      end if;
      r[c[v_at + 1]] := v_value;
      v_at := v_at + 3 + v_count;
      continue;
    end if;
    -- A loop begins (-1) or has run its body (-2). Its operands, from v_at + 3: collection, first
    -- accumulator, item, key, index, keys, where it ends.
    if c[v_at] = -2 then
      r[c[v_at + 1]] := r[c[v_at + 3]];
      v_at := c[v_at + 4];
      v_count := r[c[v_at + 7]]::int + 1;
    else
      r[c[v_at + 1]] := coalesce(r[c[v_at + 4]], 'null');
      r[c[v_at + 8]] := case when jsonb_typeof(r[c[v_at + 3]]) is distinct from 'array'
        then to_jsonb(ratchet_internal.pipe_keys(r[c[v_at + 3]])) end;
      v_count := 0;
    end if;
    if v_count >= jsonb_array_length(coalesce(r[c[v_at + 8]], r[c[v_at + 3]])) then
      v_at := c[v_at + 9];
      continue;
    end if;
    r[c[v_at + 6]] := coalesce(r[c[v_at + 8]] -> v_count, to_jsonb(v_count::text));
    r[c[v_at + 5]] := ratchet_internal.pipe_member(r[c[v_at + 3]], r[c[v_at + 6]] #>> '{}');
    r[c[v_at + 7]] := to_jsonb(v_count);
    v_work := v_work + (c[v_at + 9] - v_at) / 5;
    if v_work > 1000000 then
      perform ratchet_internal.pipe_check_size('@reduce', v_work, 1000000);
    end if;
    v_at := v_at + 10;
  end loop;
  return r[(p_compiled -> 'result')::int];
end $$;
comment on function ratchet_internal.map_run(jsonb, jsonb) is
  'Runs a compiled map or single value over data.';

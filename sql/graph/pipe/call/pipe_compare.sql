-- Comparing two values: conditional.* and number.gt/gte/lt/lte.

create function ratchet_internal.pipe_compare(p_function text, p_args jsonb[]) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_name text := split_part(p_function, '.', 2);
begin
  return to_jsonb(coalesce(case v_name
    when 'gte' then ratchet_internal.pipe_order(p_args[1], p_args[2]) >= 0
    when 'lte' then ratchet_internal.pipe_order(p_args[1], p_args[2]) <= 0
    when 'gt' then ratchet_internal.pipe_order(p_args[1], p_args[2]) > 0
    when 'lt' then ratchet_internal.pipe_order(p_args[1], p_args[2]) < 0
    when 'greater_than_or_equal' then ratchet_internal.pipe_order(p_args[1], p_args[2]) >= 0
    when 'less_than_or_equal' then ratchet_internal.pipe_order(p_args[1], p_args[2]) <= 0
    when 'greater_than' then ratchet_internal.pipe_order(p_args[1], p_args[2]) > 0
    when 'less_than' then ratchet_internal.pipe_order(p_args[1], p_args[2]) < 0
    when 'equality' then ratchet_internal.pipe_is_equal(p_args[1], p_args[2])
    when 'eq' then ratchet_internal.pipe_is_equal(p_args[1], p_args[2])
    when 'inequality' then not ratchet_internal.pipe_is_equal(p_args[1], p_args[2])
    when 'neq' then not ratchet_internal.pipe_is_equal(p_args[1], p_args[2])
    when 'strict_equality' then ratchet_internal.pipe_is_same(p_args[1], p_args[2])
    when 'strict_inequality' then not ratchet_internal.pipe_is_same(p_args[1], p_args[2])
    end, false));
end $$;
comment on function ratchet_internal.pipe_compare(text, jsonb[]) is
  'Comparing two values: equality and order.';

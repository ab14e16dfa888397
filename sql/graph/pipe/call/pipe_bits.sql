-- Whole numbers of 32 bits: bitwise.*, unary.bitwise_not, math.imul and clz32.

create function ratchet_internal.pipe_bits(p_function text, p_args jsonb[]) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_a bigint := ratchet_internal.pipe_int32(p_args[1]);
  v_b bigint := ratchet_internal.pipe_int32(p_args[2]);
  v_shift int := v_b & 31;
  v_bits bigint;
begin
  v_bits := case p_function
    when 'bitwise.and' then v_a & v_b
    when 'bitwise.or' then v_a | v_b
    when 'bitwise.xor' then v_a # v_b
    when 'bitwise.leftShift' then v_a << v_shift
    when 'bitwise.rightShift' then v_a >> v_shift
    when 'bitwise.unsignedRightShift' then (v_a & 4294967295) >> v_shift
    when 'unary.bitwise_not' then ~v_a
    when 'math.imul' then (v_a * v_b) & 4294967295
    when 'math.clz32' then 32 - length(ltrim(v_a::bit(32)::text, '0')) end;
  if p_function <> 'bitwise.unsignedRightShift' then
    v_bits := v_bits & 4294967295;
    if v_bits > 2147483647 then v_bits := v_bits - 4294967296; end if;
  end if;
  return to_jsonb(v_bits);
end $$;
comment on function ratchet_internal.pipe_bits(text, jsonb[]) is
  'Arithmetic on whole numbers of 32 bits.';

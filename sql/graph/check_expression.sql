-- Raises WF107, as an expression does that cannot be evaluated, when its value is of no use.

create function ratchet_internal.check_expression(p_is_well boolean, p_part text, p_reason text)
returns void
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_is_well is not true then
    perform ratchet_internal.raise_error('WF107', 'expression failed',
      jsonb_build_object('expression', p_part, 'reason', p_reason),
      'Look at the values that the expression of this activity reads.');
  end if;
end $$;
comment on function ratchet_internal.check_expression(boolean, text, text) is
  'Raises WF107 unless the value of an expression can be used.';

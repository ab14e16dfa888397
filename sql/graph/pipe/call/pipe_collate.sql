-- The place of each text in dictionary order, the same for equal texts. By the collation of the
-- Unicode standard, as in JavaScript; a server without ICU has to do with its own collation.

create function ratchet_internal.pipe_collate(p_texts text[]) returns int[]
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (select from pg_collation where collname = 'en-US-x-icu') then
    return array(
      select rank() over (order by value collate "en-US-x-icu")
      from unnest(p_texts) with ordinality as t (value, at) order by at);
  end if;
  return array(
    select rank() over (order by lower(value collate "default"), value desc)
    from unnest(p_texts) with ordinality as t (value, at) order by at);
end $$;
comment on function ratchet_internal.pipe_collate(text[]) is
  'The place of each text in dictionary order.';

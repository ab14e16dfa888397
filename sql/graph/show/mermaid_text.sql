-- Text for a quoted label of a Mermaid chart: on one line, cut at 160 characters, every character
-- that could mean something to Mermaid, Markdown or HTML written as its number. Dots, hyphens and
-- underscores stay within words, and = between blanks, where they mean nothing.

create function ratchet_internal.mermaid_text(p_text text) returns text
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select case when p_text is not null then coalesce(string_agg(case
      when c.value ~ '^[A-Za-z0-9 ,]$' then c.value
      when c.value in ('-', '_') and around.text ~ '^[A-Za-z0-9].[A-Za-z0-9]$' then c.value
      when c.value = '.' and around.text ~ '^[A-Za-z0-9].[A-Za-z0-9]$'
        and line.text !~* E'www\\.' then c.value
      when around.text = ' = ' then c.value
      else '#' || ascii(c.value) || ';' end, '' order by c.at), '') end
  from (
    select case when char_length(flat.text) > 160 then left(flat.text, 157) || '...'
      else flat.text end as text
    from (select trim(regexp_replace(p_text, '[[:space:][:cntrl:]]+', ' ', 'g')) as text) flat) line
  cross join lateral string_to_table(line.text, null) with ordinality as c (value, at)
  cross join lateral (select case when c.at > 1
    then substr(line.text, c.at::int - 1, 3) end as text) around
$$;
comment on function ratchet_internal.mermaid_text(text) is
  'Text for a quoted label of a Mermaid chart, in which nothing can break out of the label.';

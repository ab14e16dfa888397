-- How many characters must be put in, left out or exchanged to make one word of another; null
-- where a word has more than 64 characters: the work grows with the product of their lengths.

create function ratchet_internal.edit_distance(p_word text, p_other text) returns int
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_row int[] := array(select generate_series(0, length(p_other)));
  v_next int[];
begin
  if p_word is null or p_other is null or greatest(length(p_word), length(p_other)) > 64 then
    return null;
  end if;
  for v_i in 1 .. length(p_word) loop
    v_next := array[v_i];
    for v_j in 1 .. length(p_other) loop
      v_next[v_j + 1] := least(v_next[v_j] + 1, v_row[v_j + 1] + 1,
        v_row[v_j] + (substr(p_word, v_i, 1) <> substr(p_other, v_j, 1))::int);
    end loop;
    v_row := v_next;
  end loop;
  return v_row[length(p_other) + 1];
end $$;
comment on function ratchet_internal.edit_distance(text, text) is
  'Levenshtein distance of two words of at most 64 characters; null for longer ones.';

-- What somebody may have meant: the word that is nearest, if any is near enough. Words of more than
-- 64 characters are compared with none.

create function ratchet_internal.nearest_word(p_word text, p_words text[]) returns text
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select word from (
    select w as word,
      ratchet_internal.edit_distance(
        lower(p_word collate "C"), lower(w collate "C")) as distance
    from unnest(p_words) w
    -- No word is nearer than their lengths are.
    where abs(length(w) - length(p_word)) <= greatest((length(w) + 1) / 3, 1)) near
  where distance <= (length(word) + 1) / 3 or distance = 1
  order by distance, word limit 1
$$;
comment on function ratchet_internal.nearest_word(text, text[]) is
  'The word of a list that is most like the given one; null when none is like it.';

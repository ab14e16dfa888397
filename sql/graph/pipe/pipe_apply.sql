-- Calls a function of the mapping language through its family, which was looked up before. It has
-- no search_path of its own so that it can be inlined into the loop of map_run: its body is bound
-- when it is created.

create function ratchet_internal.pipe_apply(
  p_family text, p_function text, p_args jsonb[]
) returns jsonb
language sql volatile
return case p_family
  when 'compare' then ratchet_internal.pipe_compare(p_function, p_args)
  when 'choose' then ratchet_internal.pipe_choose(p_function, p_args)
  when 'concat' then ratchet_internal.pipe_concat(p_function, p_args)
  when 'object_read' then ratchet_internal.pipe_object_read(p_function, p_args)
  when 'object_change' then ratchet_internal.pipe_object_change(p_function, p_args)
  when 'object_trait' then ratchet_internal.pipe_object_trait(p_function, p_args)
  when 'list_read' then ratchet_internal.pipe_list_read(p_function, p_args)
  when 'list_change' then ratchet_internal.pipe_list_change(p_function, p_args)
  when 'arithmetic' then ratchet_internal.pipe_arithmetic(p_function, p_args)
  when 'text_find' then ratchet_internal.pipe_text_find(p_function, p_args)
  when 'text_cut' then ratchet_internal.pipe_text_cut(p_function, p_args)
  when 'text_change' then ratchet_internal.pipe_text_change(p_function, p_args)
  when 'number' then ratchet_internal.pipe_number_call(p_function, p_args)
  when 'math' then ratchet_internal.pipe_math(p_function, p_args)
  when 'math_many' then ratchet_internal.pipe_math_many(p_function, p_args)
  when 'bits' then ratchet_internal.pipe_bits(p_function, p_args)
  when 'date_get' then ratchet_internal.pipe_date_get(p_function, p_args)
  when 'date_set' then ratchet_internal.pipe_date_set(p_function, p_args)
  when 'date_make' then ratchet_internal.pipe_date_make(p_function, p_args)
  when 'date_write' then ratchet_internal.pipe_date_write(p_function, p_args)
  when 'symbol' then ratchet_internal.pipe_symbol(p_function, p_args)
  when 'json' then ratchet_internal.pipe_json(p_function, p_args)
  when 'cron' then ratchet_internal.pipe_cron(p_function, p_args)
  when 'step' then ratchet_internal.pipe_step(p_args)
  when 'object' then ratchet_internal.pipe_members(p_args)
  when 'list' then ratchet_internal.pipe_list(p_args)
  when 'stored_list' then to_jsonb(p_args)
  when 'store' then case when jsonb_typeof(p_args[1]) in ('object', 'array')
    then ratchet_internal.pipe_store(p_args[1]) else p_args[1] end
  when 'fail' then ratchet_internal.pipe_fail(p_args[1] #>> '{}', p_args[2] #>> '{}')
  end;
comment on function ratchet_internal.pipe_apply(text, text, jsonb[]) is
  'Calls a function of the mapping language through its family.';

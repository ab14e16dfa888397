-- A node of a Mermaid chart: its shape says the type of the activity, its lines the name, what it
-- does, and how far a job is with it. Each line but the first begins with a word of ours, so that
-- no topic makes a list of it.

create function ratchet_internal.mermaid_node(p_activity ratchet.graph_activities, p_mark text)
returns text
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select format(shape.text, 'n' || (p_activity).position, array_to_string(array[
    ratchet_internal.mermaid_text((p_activity).activity),
    ratchet_internal.mermaid_text(case (p_activity).type
      when 'hook' then 'hook' || case
        when (p_activity).topic is null then coalesce(' sleeps ' || (p_activity).sleep || ' s', '')
        else ' waits for signal ' || (p_activity).topic
          || coalesce(', at most ' || (p_activity).sleep || ' s', '') end
      when 'cycle' then 'cycle to ' || (p_activity).ancestor
      when 'trigger' then 'trigger'
      else (p_activity).type || coalesce(' ' || (p_activity).topic, '') end),
    p_mark], '<br/>'))
  from (select case (p_activity).type when 'trigger' then '%s(["%s"])' when 'hook' then '%s{{"%s"}}'
    when 'await' then '%s[["%s"]]' when 'signal' then '%s>"%s"]' when 'cycle' then '%s("%s")'
    when 'interrupt' then '%s[/"%s"/]' else '%s["%s"]' end as text) shape
$$;
comment on function ratchet_internal.mermaid_node(ratchet.graph_activities, text) is
  'A node of a Mermaid chart: an activity with what it does and how far a job is with it.';

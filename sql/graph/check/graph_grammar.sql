-- The options of a document, as data: owner, option ('#': a response code), form, for which types
-- of activity (null: any), and the words it may be. Forms:
--   object, list, named, listed   one, a list, a map, or a map of lists of the owner named by part
--   map, value, tree              expressions: a map of them, one, or either
--   text, number, boolean, codes  a literal of that kind
--   any                           not looked into
--   idle                          understood, and without any effect

create function ratchet_internal.graph_grammar()
returns table (owner text, option text, form text, part text, types text, choices text)
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select g.owner, o.option, g.form, g.part, g.types, g.choices
  from (values
    ('document', 'app', 'object', 'app', null, null),
    ('app', 'id version', 'text', null, null, null),
    ('app', 'graphs', 'list', 'graph', null, null),
    ('graph', 'subscribes publishes', 'text', null, null, null),
    ('graph', 'expire', 'value', null, null, null),
    ('graph', 'persistent', 'idle', null, null, null),
    ('graph', 'input output', 'any', null, null, null),
    ('app', 'settings', 'any', null, null, null),
    ('graph', 'activities', 'named', 'activity', null, null),
    ('graph', 'transitions', 'listed', 'transition', null, null),
    ('graph', 'hooks', 'listed', 'rule', null, null),
    ('transition', 'to', 'text', null, null, null),
    ('transition', 'conditions', 'object', 'conditions', null, null),
    ('conditions', 'code', 'codes', null, null, null),
    ('conditions', 'gate', 'text', null, null, 'and or'),
    ('conditions', 'match', 'list', 'match', null, null),
    ('match', 'expected', 'any', null, null, null),
    ('match', 'actual', 'value', null, null, null),
    ('rule', 'to', 'text', null, null, null),
    ('rule', 'conditions', 'object', 'key', null, null),
    ('key', 'gate', 'text', null, null, 'and or'),
    ('key', 'match', 'list', 'sides', null, null),
    ('sides', 'expected actual', 'value', null, null, null),
    ('activity', 'type', 'text', null, null,
      'trigger worker await hook activity signal cycle interrupt'),
    ('activity', 'title', 'any', null, null, null),
    ('activity', 'topic', 'value', null, 'worker await signal interrupt', null),
    ('activity', 'subtype', 'text', null, 'worker await signal', null),
    ('activity', 'input', 'object', 'maps', 'trigger worker await cycle hook activity', null),
    ('activity', 'output', 'object', 'maps', null, null),
    ('activity', 'job', 'object', 'maps', null, null),
    ('maps', 'maps', 'map', null, null, null), ('maps', 'schema', 'any', null, null, null),
    ('maps', '#', 'object', 'maps', null, null),
    ('escalation', 'role type subtype entity description priority originId parentId initiatedBy '
      'traceId spanId expiresAt taskQueue workflowType', 'value', null, null, null),
    ('escalation', 'metadata envelope', 'tree', null, null, null),
    ('activity', 'telemetry', 'map', null, null, null),
    ('activity', 'emit persist', 'value', null, null, null),
    ('activity', 'expire statusThreshold', 'value', null, null, null),
    ('activity', 'persistent statusThresholdType settings collationInt eventName timeout',
      'idle', null, null, null),
    ('activity', 'retry', 'any', null, 'worker', null),
    ('activity', 'stats', 'object', 'stats', 'trigger', null),
    ('activity', 'entity', 'value', null, 'trigger', null),
    ('activity', 'await', 'value', null, 'await', null),
    ('activity', 'sleep', 'value', null, 'hook activity', null),
    ('activity', 'hook', 'any', null, 'hook activity', null),
    ('activity', 'cycle', 'boolean', null, 'hook activity', null),
    ('activity', 'escalation', 'object', 'escalation', 'hook activity', null),
    ('activity', 'signal resolver', 'object', 'maps', 'signal', null),
    ('activity', 'status code key_name key_value scrub', 'value', null, 'signal interrupt', null),
    ('activity', 'ancestor', 'text', null, 'cycle', null),
    ('activity', 'target reason throw stack', 'value', null, 'interrupt', null),
    ('activity', 'descend', 'idle', null, 'interrupt', null),
    ('stats', 'id key', 'value', null, null, null),
    ('stats', 'granularity', 'text', null, null, '5m 10m 15m 30m 1h infinity'),
    ('stats', 'measures', 'list', 'measure', null, null),
    ('stats', 'parent adjacent', 'idle', null, null, null),
    ('measure', 'measure', 'text', null, null, 'count sum avg mdn index max min'),
    ('measure', 'target', 'value', null, null, null)
  ) as g (owner, options, form, part, types, choices)
  cross join lateral string_to_table(g.options, ' ') o (option)
$$;
comment on function ratchet_internal.graph_grammar() is
  'The options that a graph document may have, and what each of them is.';

-- What a step does. A domain, and not a constraint of the table: those are read anew by each
-- statement, and this one took a twentieth of a short graph.

create domain ratchet.step_kind as text collate "C"
  constraint "kind is one the engine knows"
    check (value in ('activity', 'sleep', 'wait', 'child', 'start', 'await', 'signal', 'cancel',
      'search', 'entity', 'attribute', 'hook', 'terminate', 'emit', 'trace', 'continue', 'patch',
      'trigger', 'worker', 'cycle', 'interrupt', 'marker'));
comment on domain ratchet.step_kind is
  'What a step does; attribute and marker are no steps, but data of the job.';

-- Whether all that a job that is new came to is its end and its history: then write_drafts, which
-- looks for everything else, has nothing to do but write that. Inlinable.

create function ratchet_internal.is_history(p_draft ratchet_internal.graph_draft) returns boolean
language sql immutable
return p_draft.is_new and (p_draft.job).finished_at is not null and not (p_draft.job).is_awaited
  and p_draft.passes = '{}' and row(p_draft.changed, p_draft.messages, p_draft.taken,
    p_draft.later, p_draft.signals, p_draft.announcements, p_draft.fields, p_draft.escalations)
    is null;
comment on function ratchet_internal.is_history(ratchet_internal.graph_draft) is
  'Whether all that a new job came to is its end and its history.';

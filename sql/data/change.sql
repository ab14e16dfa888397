-- What an operation on a document of a job comes to: the document after it, the answer, and, where
-- it could not be carried out, why; the document then does not count.

create type ratchet_internal.change as (document jsonb, answer jsonb, problem text);
comment on type ratchet_internal.change is
  'What an operation on a document comes to: the document after it, its answer, or a problem.';

-- What the limit does one at a time, beside the batches of limit.sql, which comes first.

-- The exchange by hand, for latency: a request, its answer, one notification each. A request to a
-- queue is taken first, in a commit of its own.
create table bare.request (
  id bigint generated always as identity primary key,
  args json,
  outcome json,
  is_taken boolean not null default false
);
create function bare.ask(p_args json, p_channel text) returns bigint language sql as $$
  with asked as (insert into bare.request (args) values (p_args) returning id)
  select id from asked, lateral (select pg_notify(p_channel, id::text)) as told
$$;
create function bare.take(p_id bigint) returns json language sql as $$
  update bare.request set is_taken = true where id = p_id and not is_taken returning args
$$;
create function bare.answer(p_id bigint, p_outcome json) returns void language sql as $$
  update bare.request set outcome = p_outcome where id = p_id;
  select pg_notify('bare_answer', p_id::text);
$$;

-- The same as a workflow of the limit: its start, then bare.flush, which takes it, then its end.
create function bare.begin_alone(p_key text, p_args json) returns void language sql as $$
  select bare.start('hello', array[p_key], array[p_args]);
  select pg_notify('bare_workflow', '');
$$;
create function bare.end_alone(p_run bigint, p_outcome json) returns void language sql as $$
  select from bare.flush(
    array[p_run], array[1], array[p_outcome], array[p_run], array[p_outcome], 0, 1);
  select pg_notify('bare_answer', '');
$$;

-- One row and its commit, for single starts.
create table bare.row (
  id bigint generated always as identity primary key,
  key text not null unique,
  args json,
  begun_at timestamptz not null default now()
);

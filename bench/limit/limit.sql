-- The limit: the least that a durable workflow can cost in Postgres. A run, a row a step, and a
-- short-lived row that says what is to be run. One call hands in results and ends and takes more.
-- No retries, timers, signals, leases, history to replay, names or checks: a measuring stick.

create schema bare;

create table bare.run (
  id bigint generated always as identity primary key,
  key text not null unique,
  flow text not null,
  args json,
  outcome json,
  begun_at timestamptz not null default now(),
  ended_at timestamptz
) with (fillfactor = 80);

create table bare.step (
  run_id bigint not null,
  number int not null,
  outcome json,
  primary key (run_id, number)
);

create table bare.ready (
  run_id bigint primary key,
  due_at timestamptz not null,
  flow text not null,
  args json,
  taken_by int
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
create index ready_due on bare.ready (due_at, run_id);

create function bare.start(p_flow text, p_keys text[], p_args json[]) returns void
language sql as $$
  with run as (
    insert into bare.run (key, flow, args)
    select key, p_flow, args from unnest(p_keys, p_args) as t (key, args)
    on conflict (key) do nothing returning id, args)
  insert into bare.ready (run_id, due_at, flow, args) select id, now(), p_flow, args from run
$$;

create function bare.flush(
  p_step_runs bigint[], p_step_numbers int[], p_step_outcomes json[],
  p_end_runs bigint[], p_end_outcomes json[], p_room int, p_worker int
) returns table (run_id bigint, flow text, args json)
language plpgsql as $$
#variable_conflict use_column
begin
  if cardinality(p_step_runs) > 0 then
    insert into bare.step (run_id, number, outcome)
    select * from unnest(p_step_runs, p_step_numbers, p_step_outcomes)
    on conflict do nothing;
  end if;
  if cardinality(p_end_runs) > 0 then
    update bare.run r set outcome = e.outcome, ended_at = now()
    from unnest(p_end_runs, p_end_outcomes) as e (id, outcome)
    where r.id = e.id and r.ended_at is null;
    delete from bare.ready where run_id = any (p_end_runs);
  end if;
  if p_room > 0 then
    return query
    with due as (
      select k.run_id from bare.ready k where k.due_at <= now()
      order by k.due_at, k.run_id limit p_room for update skip locked)
    update bare.ready k set due_at = now() + interval '60 s', taken_by = p_worker
    from due where k.run_id = due.run_id
    returning k.run_id, k.flow, k.args;
  end if;
end $$;

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

-- One row and its commit, for single starts.
create table bare.row (
  id bigint generated always as identity primary key,
  key text not null unique,
  args json,
  begun_at timestamptz not null default now()
);

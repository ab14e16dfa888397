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
  args json,
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

-- A step that another process runs: its row and a message, which that process takes and answers,
-- and which its owner then removes.
create table bare.task (
  run_id bigint not null,
  number int not null,
  due_at timestamptz not null,
  owner int not null,
  taken_by int,
  is_done boolean not null default false,
  primary key (run_id, number)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
create index task_due on bare.task (due_at) where taken_by is null;
create index task_done on bare.task (owner) where is_done;

-- For the owner: hands in steps to be run and ends of runs; takes answers (with a number) and runs.
create function bare.exchange(
  p_step_runs bigint[], p_step_numbers int[], p_step_args json[],
  p_end_runs bigint[], p_end_outcomes json[], p_room int, p_worker int
) returns table (run_id bigint, flow text, args json, number int)
language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off
set enable_hashjoin = off set enable_mergejoin = off
as $$
#variable_conflict use_column
begin
  if cardinality(p_step_runs) > 0 then
    insert into bare.step (run_id, number, args)
    select * from unnest(p_step_runs, p_step_numbers, p_step_args);
    insert into bare.task (run_id, number, due_at, owner)
    select id, number, now(), p_worker from unnest(p_step_runs, p_step_numbers) as s (id, number);
    perform pg_notify('bare_tasks', '');
  end if;
  return query
  with done as (
    select t.run_id, t.number from bare.task t where t.owner = p_worker and t.is_done
    for update skip locked),
  gone as (
    delete from bare.task t using done d where t.run_id = d.run_id and t.number = d.number)
  select d.run_id, null, s.outcome, d.number
  from done d join bare.step s on s.run_id = d.run_id and s.number = d.number;
  return query
  select f.run_id, f.flow, f.args, null::int
  from bare.flush('{}', '{}', '{}', p_end_runs, p_end_outcomes, p_room, p_worker) f;
end $$;

-- For the process that runs steps: hands in outcomes and takes more.
create function bare.work(
  p_runs bigint[], p_numbers int[], p_outcomes json[], p_room int, p_worker int
) returns table (run_id bigint, number int, args json)
language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off
set enable_hashjoin = off set enable_mergejoin = off
as $$
#variable_conflict use_column
begin
  if cardinality(p_runs) > 0 then
    update bare.step s set outcome = d.outcome
    from unnest(p_runs, p_numbers, p_outcomes) as d (id, number, outcome)
    where s.run_id = d.id and s.number = d.number;
    update bare.task t set is_done = true
    from unnest(p_runs, p_numbers) as d (id, number)
    where t.run_id = d.id and t.number = d.number;
    perform pg_notify('bare_answers', '');
  end if;
  return query
  with due as (
    select t.run_id, t.number from bare.task t where t.taken_by is null and t.due_at <= now()
    order by t.due_at limit p_room for update skip locked),
  taken as (
    update bare.task t set due_at = now() + interval '60 s', taken_by = p_worker
    from due d where t.run_id = d.run_id and t.number = d.number)
  select s.run_id, s.number, s.args
  from due d join bare.step s on s.run_id = d.run_id and s.number = d.number;
end $$;

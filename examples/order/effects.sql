-- One row for each time that an activity of the order example has really run.
create table effects (
  id bigint generated always as identity primary key,
  workflow_id text not null,
  step text not null,
  process_id int not null,
  at timestamptz not null default clock_timestamp()
);

-- A table of yours. Whoever inserts a row starts a workflow, in the same transaction.
create table customers (
  id int primary key,
  name text not null
);

create function welcome_customer() returns trigger language plpgsql as $$
begin
  perform ratchet.start_workflow(
    'welcome', json_build_array(new.name), 'welcome-' || new.id, 'mails');
  return new;
end $$;

create trigger welcome_customer after insert on customers
for each row execute function welcome_customer();

-- The data of a job: search attributes, and the entity, a JSON document. Operations on them are
-- steps that the exchange carries out and answers at once.
\ir change.sql
\ir decimal_of.sql
\ir rounded.sql
\ir put_value.sql
\ir merged.sql
\ir change_value.sql
\ir change_search.sql
\ir change_entity.sql
\ir change_document.sql
\ir attributes_of.sql
\ir operation_field.sql
\ir change_data.sql
\ir data_answers.sql

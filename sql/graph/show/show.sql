-- Graphs: a version, and how far a job is in it, as a chart and as text.
\ir mermaid_text.sql
\ir mermaid_node.sql
\ir graph_chart.sql
\ir job_version.sql
\ir graph_runs.sql
\ir elapsed.sql
\ir run_text.sql
\ir job_text.sql
\ir graph_mermaid.sql
\ir graph_job_mermaid.sql
\ir graph_explain.sql

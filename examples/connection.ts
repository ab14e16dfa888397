import { Client as Postgres } from 'pg';

/** How every example names its database; connections open when they are first used. */
export const connection = {
  class: Postgres,
  options: { connectionString: process.env.DATABASE_URL },
};

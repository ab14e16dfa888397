export { migrate, type MigrateOptions, type MigrateResult } from './database/migrate';
export { RatchetError } from './errors';

export { packageVersion } from './database/package';

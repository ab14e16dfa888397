// What is measured is what is published: the build in dist/.
import { createRequire } from 'node:module';

const fromHere = createRequire(__filename);

type Product = typeof import('../driver/index');
type Embedded = typeof import('../driver/database/embedded');
type Sources = typeof import('../driver/database/sources');

export const { Durable } = fromHere('../dist/index.js') as Product;
export const { startEmbedded } = fromHere('../dist/database/embedded.js') as Embedded;
export const { expandSources } = fromHere('../dist/database/sources.js') as Sources;

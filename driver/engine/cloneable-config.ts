import type { ClientConfig } from 'pg';

/** Options for results and pools: of no use to a connection that asks for one boolean. */
const IRRELEVANT = new Set(['types', 'Promise', 'Client', 'log', 'verify', 'onConnect']);

/**
 * The connection options in a form that another thread can be given, or undefined where they
 * hold functions (a password callback, a socket factory, a TLS check).
 */
export function cloneableConfig(config: ClientConfig): ClientConfig | undefined {
  const relevant = Object.entries(config).filter(([key]) => !IRRELEVANT.has(key));
  const copy: ClientConfig = Object.fromEntries(relevant);
  // pg hides these two from enumeration once a pool or client has been made of the options.
  if (config.password !== undefined) copy.password = config.password;
  if (typeof config.ssl === 'object' && config.ssl.key !== undefined) {
    copy.ssl = { ...config.ssl, key: config.ssl.key };
  }
  try {
    return structuredClone(copy);
  } catch {
    return undefined;
  }
}

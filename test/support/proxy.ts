import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { ExecutionContext } from 'ava';

export interface Proxy {
  /** The same database, through the proxy. */
  url: string;
  /** Ends every connection, without a word to either side. */
  cut(): void;
  /** Passes nothing more on in the connections that are open, and leaves them open. */
  hush(): void;
  /** Whether connections to come get no answer, either. */
  isDeaf: boolean;
  /** How many came while it was deaf. */
  unanswered: number;
}

/** Stands between a client and the server of `url`, for as long as the test runs. */
export async function startProxy(t: ExecutionContext<unknown>, url: string): Promise<Proxy> {
  const target = new URL(url);
  const open = new Set<Socket>();
  const server = createServer((near) => {
    open.add(near);
    near.on('error', () => undefined);
    near.on('close', () => open.delete(near));
    if (proxy.isDeaf) {
      proxy.unanswered += 1;
      near.resume();
      return;
    }
    const far = connect({ host: target.hostname, port: Number(target.port) });
    far.on('error', () => undefined);
    near.pipe(far).pipe(near);
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const through = new URL(url);
  through.hostname = '127.0.0.1';
  through.port = String((server.address() as AddressInfo).port);
  const proxy: Proxy = {
    url: through.href,
    ...{ isDeaf: false, unanswered: 0 },
    cut() {
      for (const near of open) near.destroy();
    },
    hush() {
      for (const near of open) near.pause().unpipe();
    },
  };
  t.teardown(() => {
    proxy.cut();
    server.close();
  });
  return proxy;
}

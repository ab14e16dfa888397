import { Socket } from 'node:net';
import type { ClientConfig } from 'pg';
import createSubscriber, { type Subscriber } from 'pg-listen';

/** A peer that answers nothing is noticed within two of these. */
const CHECK_INTERVAL_MS = 10_000;
const QUERY_TIMEOUT_MS = 5_000;
const CONNECT_TIMEOUT_MS = 10_000;
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5_000;
const CLOSE_TIMEOUT_MS = 1_000;

const LOST = 'Connection terminated: the listener lost its connection and connects again';

export interface ListenerOptions {
  /** As for a pg Client. A pooler in transaction mode will not do: this must be a session. */
  connection: ClientConfig;
  /** Called with the text of each notification, '' when it has none. A hint: it may get lost. */
  onNotify: (channel: string, payload: string) => void;
  /**
   * Called whenever listening to a channel begins, at first and after each outage: look at
   * everything once.
   */
  onListening: (channel: string) => void;
  /** Called with each failed attempt and each lost connection. Connecting goes on regardless. */
  onError: (error: unknown) => void;
  /** Milliseconds between checks that the peer still answers. Default 10,000. */
  checkIntervalMs?: number;
}

export interface Listener {
  /** From now on also this channel; again changes nothing. */
  listenTo(channel: string): void;
  /** Resolves within about a second, whatever the state of the database; never rejects. */
  close(): Promise<void>;
}

/** One connection, from its attempt to its end. */
interface Session {
  subscriber: Subscriber;
  /** Frees the socket of a peer that does not answer the goodbye. */
  destroy: () => void;
}

function openSession(options: ListenerOptions): Session {
  const sockets: Socket[] = [];
  const ownSocket = () => {
    const socket = new Socket();
    sockets.push(socket);
    return socket;
  };
  const checkMs = options.checkIntervalMs ?? CHECK_INTERVAL_MS;
  const defaults = {
    application_name: 'pgratchet listener',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: Math.min(QUERY_TIMEOUT_MS, checkMs),
    stream: ownSocket,
  };
  const subscriber = createSubscriber(
    { ...defaults, ...options.connection },
    {
      // pg-listen's own loop cannot be stopped by close(), and stays deaf when LISTEN fails after
      // a reconnect. With no attempt left it reports the loss at once, and this file connects anew.
      retryLimit: 1,
      retryTimeout: Infinity,
      paranoidChecking: checkMs,
      parse: (payload) => payload,
    },
  );
  return { subscriber, destroy: () => sockets.forEach((socket) => socket.destroy()) };
}

async function closeSession(session: Session): Promise<void> {
  const timer = setTimeout(session.destroy, CLOSE_TIMEOUT_MS);
  try {
    await session.subscriber.close();
  } catch {
    session.destroy(); // it was broken already
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Listens on any channels until closed, through outages of any length, from a database that may
 * be down now. Never opens a transaction, so it holds back neither vacuum nor the queue of NOTIFY.
 */
export function createListener(options: ListenerOptions): Listener {
  const channels = new Set<string>();
  let session: Session | undefined;
  let isConnected = false;
  let retryTimer: NodeJS.Timeout | undefined;
  let failures = 0;
  let listeningSince = Infinity;
  let isClosed = false;

  function retry(error: unknown): void {
    // A connection that is lost at once again and again counts as a failure too.
    if (performance.now() - listeningSince > LONGEST_RETRY_MS) failures = 0;
    listeningSince = Infinity;
    const delay = Math.min(FIRST_RETRY_MS * 2 ** Math.min(failures, 16), LONGEST_RETRY_MS);
    failures += 1;
    // With jitter, so that a fleet does not come back in one instant.
    retryTimer = setTimeout(() => void open(), delay * (0.5 + Math.random() / 2));
    options.onError(error);
  }

  function lose(lost: Session, error: unknown): void {
    if (isClosed || session !== lost) return;
    session = undefined;
    isConnected = false;
    void closeSession(lost);
    retry(error);
  }

  async function open(): Promise<void> {
    let opened: Session;
    try {
      opened = openSession(options);
    } catch (error) {
      retry(error); // a certificate that is not there yet, for example
      return;
    }
    session = opened;
    const { events } = opened.subscriber;
    events.on('error', (cause) => lose(opened, new Error(LOST, { cause })));
    events.on('notification', ({ channel, payload }) => {
      if (session !== opened) return;
      options.onNotify(channel, typeof payload === 'string' ? payload : '');
    });
    try {
      await opened.subscriber.connect();
    } catch (error) {
      lose(opened, error);
      return;
    }
    if (session !== opened) return;
    isConnected = true;
    listeningSince = performance.now();
    for (const channel of channels) void hear(opened, channel);
  }

  async function hear(opened: Session, channel: string): Promise<void> {
    try {
      await opened.subscriber.listenTo(channel);
      if (session === opened) options.onListening(channel);
    } catch (error) {
      lose(opened, error);
    }
  }

  void open();
  return {
    listenTo(channel) {
      if (channels.has(channel)) return;
      channels.add(channel);
      if (session !== undefined && isConnected) void hear(session, channel);
    },
    async close() {
      isClosed = true;
      clearTimeout(retryTimer);
      const last = session;
      session = undefined;
      if (last !== undefined) await closeSession(last);
    },
  };
}

// Numbers and names that code written for this API compares with.

export const HMSH_CODE_SUCCESS = 200;
export const HMSH_CODE_PENDING = 202;
export const HMSH_CODE_NOTFOUND = 404;
export const HMSH_CODE_INTERRUPT = 410;
export const HMSH_CODE_UNKNOWN = 500;
export const HMSH_CODE_TIMEOUT = 504;
export const HMSH_CODE_UNACKED = 999;

export const HMSH_CODE_DURABLE_SLEEP = 588;
export const HMSH_CODE_DURABLE_ALL = 589;
export const HMSH_CODE_DURABLE_CHILD = 590;
export const HMSH_CODE_DURABLE_PROXY = 591;
export const HMSH_CODE_DURABLE_CONTINUE = 592;
export const HMSH_CODE_DURABLE_WAIT = 595;
export const HMSH_CODE_DURABLE_TIMEOUT = 596;
export const HMSH_CODE_DURABLE_MAXED = 597;
export const HMSH_CODE_DURABLE_FATAL = 598;
export const HMSH_CODE_DURABLE_RETRYABLE = 599;

/** Defaults of a retry policy. */
export const HMSH_DURABLE_MAX_ATTEMPTS = 3;
export const HMSH_DURABLE_EXP_BACKOFF = 10;
export const HMSH_DURABLE_MAX_INTERVAL = '120s';

/** Milliseconds that `pubsub` waits by default. */
export const HMSH_OTT_WAIT_TIME = 1_000;
/** Seconds for which a signal that came early is kept by default. */
export const HMSH_SIGNAL_EXPIRE = 600;

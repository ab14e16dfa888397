/** What one SQLSTATE of class `WF` means to the person who meets it. */
export interface ErrorCode {
  /** The `name` of the RatchetError. */
  readonly name: string;
  /** The same call, repeated unchanged, may succeed. */
  readonly retry: boolean;
  /** What happened. */
  readonly meaning: string;
  /** What to do next. It is the error's hint where the raiser gave none. */
  readonly advice: string;
}

/**
 * Every error the engine and the driver raise, by SQLSTATE. The classes: 1 bad argument,
 * 2 not found, 3 wrong state, 4 stale or lost lease, 5 over a limit, 6 version or server
 * unsuitable, 7 permission, 9 broken invariant.
 */
export const ERROR_CODES = {
  WF101: {
    name: 'InvalidName',
    retry: false,
    meaning: 'A workflow id, queue, workflow name, signal id or namespace is not a valid name.',
    advice: 'Use text of 1 to 512 characters without control characters.',
  },
  WF102: {
    name: 'NotSerializable',
    retry: false,
    meaning: 'A value cannot be written as JSON.',
    advice: 'Pass plain data: no functions, no BigInt, no object that contains itself.',
  },
  WF103: {
    name: 'InvalidDuration',
    retry: false,
    meaning: 'A duration cannot be understood, or is negative or too long.',
    advice: "Write a number, or text such as '500ms', '5 seconds', '2 minutes', '1h', '30 days'.",
  },
  WF104: {
    name: 'InvalidOption',
    retry: false,
    meaning: 'An option or a field of a retry policy has a value that is not allowed.',
    advice: 'Correct the option that the message names.',
  },
  WF105: {
    name: 'InvalidText',
    retry: false,
    meaning: 'An identifier holds U+0000 or half of a surrogate pair, which Postgres cannot store.',
    advice: 'Remove those characters from the identifier. Values may hold them, identifiers not.',
  },
  WF106: {
    name: 'InvalidGraph',
    retry: false,
    meaning: 'A document that describes graphs has mistakes; nothing of it was kept.',
    advice: 'Correct everything that the detail lists, and deploy again.',
  },
  WF107: {
    name: 'ExpressionFailed',
    retry: false,
    meaning: 'An expression of the mapping language failed; the detail names function and reason.',
    advice: 'Correct the expression, or check the values that reach it.',
  },
  WF109: {
    name: 'CodecFailed',
    retry: false,
    meaning: 'The registered codec failed on a value, or an encoded value was met without one.',
    advice: 'Register a codec that decodes this value; encode and decode must return text.',
  },
  WF108: {
    name: 'InvalidCron',
    retry: false,
    meaning: 'A cron expression cannot be read, or no day can ever match it.',
    advice: 'Give minute hour day month weekday, such as 30 8 * * mon-fri.',
  },
  WF201: {
    name: 'JobNotFound',
    retry: false,
    meaning: 'No job has this id in this namespace.',
    advice: 'Check the workflow id and the namespace; a finished job is removed when it expires.',
  },
  WF202: {
    name: 'MessageNotFound',
    retry: false,
    meaning: 'The message does not exist, or has been consumed already.',
    advice: 'Claim again: somebody else has finished this work.',
  },
  WF203: {
    name: 'ScheduleNotFound',
    retry: false,
    meaning: 'No schedule has this id in this namespace.',
    advice: 'Check the id and the namespace, or create the schedule first.',
  },
  WF206: {
    name: 'GraphNotFound',
    retry: false,
    meaning: 'No graph, or more than one, of an active version subscribes to the topic.',
    advice: 'Check topic and app, and that the version that has the graph is active.',
  },
  WF207: {
    name: 'VersionNotFound',
    retry: false,
    meaning: 'The app has no such version, or none that is active.',
    advice: 'Deploy the version and activate it.',
  },
  WF208: {
    name: 'HookNotFound',
    retry: false,
    meaning: 'No hook rule of the active version can tell which hook the signal is for.',
    advice: 'Check the topic, and that the payload has the key that the rule reads.',
  },
  WF301: {
    name: 'DuplicateJob',
    retry: false,
    meaning: 'A job with this id is kept already, running or finished.',
    advice: 'Use another workflow id, or take the handle of the job that exists.',
  },
  WF302: {
    name: 'JobFinished',
    retry: false,
    meaning: 'The job has ended, so nothing can be added to it or stopped in it.',
    advice: 'Read its result or its error instead.',
  },
  WF303: {
    name: 'JobNotWaiting',
    retry: false,
    meaning: 'The job is not in the state this call needs: open, waiting, or finished.',
    advice: 'Look at the status of the job before making this call again.',
  },
  WF304: {
    name: 'JobFailed',
    retry: false,
    meaning: 'The job ended with an error, so it has no result.',
    advice: 'Read the error of the job: it is the detail of this one.',
  },
  WF305: {
    name: 'DoesNotFit',
    retry: false,
    meaning: 'An operation on a search attribute or an entity does not fit the value it has.',
    advice: 'Read the value before changing it, or set it anew.',
  },
  WF306: {
    name: 'DuplicateSchedule',
    retry: false,
    meaning: 'A schedule with this id and other terms is kept.',
    advice: 'Alter it, delete it first, or use another id.',
  },
  WF307: {
    name: 'DuplicateTask',
    retry: false,
    meaning: 'A pending task has this signal key already, so another one cannot have it.',
    advice: 'Resolve or cancel the pending task first, or choose another signal key.',
  },
  WF308: {
    name: 'ActivityBusy',
    retry: true,
    meaning: 'An earlier answer of the activity is being worked in at this moment.',
    advice: 'Repeat the call; it will find the activity as that answer leaves it.',
  },
  WF401: {
    name: 'WorkerLost',
    retry: false,
    meaning: 'The worker stopped beating for longer than its lease; its work was taken over.',
    advice: 'Register again under a new worker id. Look for code that blocks the process.',
  },
  WF402: {
    name: 'StaleClaim',
    retry: false,
    meaning: 'The attempt that reports has been superseded, so its report changed nothing.',
    advice: 'Drop the result: a later attempt owns this step.',
  },
  WF403: {
    name: 'EngineStopped',
    retry: false,
    meaning: 'The engine in this process was stopped, so it takes no further calls.',
    advice: 'Start a new client or worker.',
  },
  WF404: {
    name: 'LateCall',
    retry: true,
    meaning: 'The call came after the worker had asked what it holds, so it was not carried out.',
    advice: 'Repeat the call with the epoch that was given to held_work last.',
  },
  WF501: {
    name: 'PayloadTooLarge',
    retry: false,
    meaning: 'An argument, result or payload is larger than 16 MiB as JSON in UTF-8.',
    advice: 'Store the data elsewhere and pass a reference to it.',
  },
  WF502: {
    name: 'NestedTooDeep',
    retry: false,
    meaning: 'A value is nested more than 1,000 levels deep.',
    advice: 'Pass a flatter value, for example a list of nodes that name their parent.',
  },
  WF503: {
    name: 'TooManySteps',
    retry: false,
    meaning: 'The job has as many steps as one job may have.',
    advice: 'Split the work into child workflows, or go on with continueAsNew.',
  },
  WF504: {
    name: 'ResultTimeout',
    retry: true,
    meaning: 'The result was not there within the time that the caller allowed.',
    advice: 'Wait again: the job goes on by itself.',
  },
  WF506: {
    name: 'ExpressionTooLarge',
    retry: false,
    meaning: 'An expression makes a value that is too large, or takes too many steps.',
    advice: 'Let the expression make smaller values, or compute this in a worker.',
  },
  WF601: {
    name: 'SchemaVersion',
    retry: false,
    meaning: 'The schema in the database is older or newer than this driver supports.',
    advice: 'Run the migrations of this version, or install the driver that fits the schema.',
  },
  WF602: {
    name: 'NotInstalled',
    retry: false,
    meaning: 'The engine is not installed in this database.',
    advice: 'Run `npx pgratchet migrate` against this database.',
  },
  WF603: {
    name: 'ServerReadOnly',
    retry: true,
    meaning: 'The server is a standby or read-only.',
    advice: 'Connect to the primary; during a failover this passes by itself.',
  },
  WF604: {
    name: 'ServerVersion',
    retry: false,
    meaning: 'The version of the Postgres server is not supported.',
    advice: 'Use Postgres 15, 16, 17 or 18.',
  },
  WF605: {
    name: 'Isolation',
    retry: false,
    meaning: 'The isolation level of the transaction does not suit this call.',
    advice: 'Make this call in a READ COMMITTED transaction.',
  },
  WF701: {
    name: 'NotPermitted',
    retry: false,
    meaning: 'This role may not do this.',
    advice: 'Connect as a role that was granted it; sql/roles says which role may do what.',
  },
  WF901: {
    name: 'BrokenInvariant',
    retry: false,
    meaning: 'The engine found a state that must not exist. This is a bug.',
    advice: 'Report it with the error and the rows of `select * from ratchet.check_invariants()`.',
  },
  WF902: {
    name: 'NondeterministicReplay',
    retry: false,
    meaning: 'The workflow function asked for another step than the one recorded at this position.',
    advice: 'Deploy code that makes the recorded calls in order, or guard the change by patched().',
  },
} as const satisfies Record<string, ErrorCode>;

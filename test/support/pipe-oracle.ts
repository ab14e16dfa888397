/* What the functions of the mapping language are in JavaScript, for comparison with SQL. */

type Call = (...args: unknown[]) => unknown;

const isNullish = (value: unknown) => value === undefined || value === null;

/** Members of a value, where JavaScript throws by itself when there is no such member. */
const of = (value: unknown) => value as Record<string, Call>;

const call =
  (name: string): Call =>
  (target, ...args) =>
    of(target)[name]?.call(target, ...args) ?? missing(target, name);

function missing(target: unknown, name: string): unknown {
  if (isNullish(target) || typeof of(target)[name] !== 'function') throw new TypeError(name);
  return undefined;
}

const copied =
  (name: string): Call =>
  (list, ...args) => {
    if (!Array.isArray(list)) throw new TypeError(name);
    return of([...(list as unknown[])])[name]?.call([...(list as unknown[])], ...args);
  };

const numeric = (name: string): Call => of(Math)[name] as Call;
const numbers = Object.fromEntries(
  ['abs', 'acos', 'acosh', 'asin', 'asinh', 'atan', 'atanh', 'cbrt', 'ceil', 'clz32', 'cos']
    .concat(['cosh', 'exp', 'expm1', 'floor', 'fround', 'log', 'log10', 'log1p', 'log2', 'round'])
    .concat(['sign', 'sin', 'sinh', 'sqrt', 'tan', 'tanh', 'trunc', 'atan2', 'hypot', 'imul'])
    .concat(['max', 'min', 'pow'])
    .map((name) => [`math.${name}`, numeric(name)]),
);

/* eslint-disable @typescript-eslint/no-explicit-any, eqeqeq -- operators, on anything */
const operators: Record<string, Call> = {
  'bitwise.and': (a: any, b: any) => a & b,
  'bitwise.or': (a: any, b: any) => a | b,
  'bitwise.xor': (a: any, b: any) => a ^ b,
  'bitwise.leftShift': (a: any, b: any) => a << b,
  'bitwise.rightShift': (a: any, b: any) => a >> b,
  'bitwise.unsignedRightShift': (a: any, b: any) => a >>> b,
  'conditional.equality': (a, b) => a == b,
  'conditional.inequality': (a, b) => a != b,
  'conditional.strict_equality': (a, b) => a === b,
  'conditional.strict_inequality': (a, b) => a !== b,
  'conditional.greater_than': (a: any, b: any) => a > b,
  'conditional.less_than': (a: any, b: any) => a < b,
  'conditional.gte': (a: any, b: any) => a >= b,
  'number.lte': (a: any, b: any) => a <= b,
  'conditional.ternary': (a, b, c) => (a ? b : c),
  'conditional.nullish': (a, b) => a ?? b,
  'logical.and': (a, b) => a && b,
  'logical.or': (a, b) => a || b,
  'unary.not': (a) => !a,
  'unary.positive': (a: any) => +a,
  'unary.negative': (a: any) => -a,
  'unary.bitwise_not': (a: any) => ~a,
  'number.isEven': (a: any) => a % 2 === 0,
  'number.isOdd': (a: any) => !Number.isNaN(a % 2) && a % 2 !== 0,
  'math.add': (...all) => all.flat().reduce((a: any, b: any) => a + b, 0),
  'math.multiply': (...all) => {
    if (all.flat().length === 0) throw new Error('no operands');
    return all.flat().reduce((a: any, b: any) => a * b, 1);
  },
  'math.subtract': (...all) => all.flat().reduce((a: any, b: any) => a - b),
  'math.divide': (...all) => all.flat().reduce((a: any, b: any) => (+b === 0 ? NaN : a / b)),
};
/* eslint-enable @typescript-eslint/no-explicit-any, eqeqeq */

const text = (name: string) => [`string.${name}`, call(name)] as const;
const texts: Record<string, Call> = Object.fromEntries(
  ['charAt', 'includes', 'indexOf', 'slice', 'toLowerCase', 'toUpperCase', 'trim', 'trimStart']
    .concat(['trimEnd', 'padStart', 'padEnd', 'replace', 'search', 'substring', 'startsWith'])
    .concat(['endsWith', 'repeat'])
    .map(text),
);

const lists: Record<string, Call> = {
  'array.get': (list, at) => (isNullish(list) ? undefined : own(list, String((at as number) || 0))),
  'array.length': (list) => (isNullish(list) ? undefined : own(list, 'length')),
  'array.join': copied('join'),
  'array.pop': copied('pop'),
  'array.shift': copied('shift'),
  'array.slice': call('slice'),
  'array.indexOf': (list, item, from) => call('indexOf')(list, item, from ?? 0),
  'array.reverse': copied('reverse'),
  'array.unshift': copied('unshift'),
  'array.push': (list, ...items) => {
    if (!Array.isArray(list)) throw new TypeError('push');
    return [...(list as unknown[]), ...items];
  },
  'array.splice': copied('splice'),
  'array.concat': (list, more) => call('concat')(list, more),
  'array.lastIndexOf': (list, item, from) => {
    if (typeof list === 'string') return call('lastIndexOf')(list, item, from);
    return copied('lastIndexOf')(list, item, from ?? (list as unknown[]).length);
  },
  'array.sort': (list, order) => {
    if (!Array.isArray(list)) throw new TypeError('sort');
    const sign = order === undefined || order === 'ASCENDING' ? 1 : -1;
    return [...(list as unknown[])].sort((a, b) => sign * ascending(a, b));
  },
};

/** null before everything, numbers by size, texts as in a dictionary. */
function ascending(a: unknown, b: unknown): number {
  if (a === null || b === null) return Number(b === null) - Number(a === null);
  if (typeof a === 'string') return a.localeCompare(b as string, 'en-US');
  return (a as number) - (b as number);
}

function own(target: unknown, key: string): unknown {
  return Object.hasOwn(Object(target) as object, key) ? of(Object(target))[key] : undefined;
}

const keys = (value: unknown) => (isNullish(value) ? [] : Object.keys(value));

const objects: Record<string, Call> = {
  'object.get': (target, key) => (isNullish(target) ? undefined : own(target, String(key))),
  'object.keys': keys,
  'object.values': (value) => (isNullish(value) ? [] : Object.values(value)),
  'object.entries': (value) => (isNullish(value) ? [] : Object.entries(value)),
  'object.fromEntries': (pairs) => {
    if (!Array.isArray(pairs)) throw new TypeError('fromEntries');
    return Object.fromEntries(pairs as [string, unknown][]);
  },
  'object.assign': (target, ...rest) => {
    const start = isNullish(target) ? {} : structuredClone(target);
    // A scalar becomes an object around it, which is stored as the scalar.
    if (typeof start !== 'object') return start;
    return Object.assign(start, ...rest) as unknown;
  },
  'object.getOwnPropertyNames': (value) =>
    isNullish(value) ? [] : Object.getOwnPropertyNames(value),
  'object.isFrozen': (value) => Object.isFrozen(value),
  'object.isExtensible': (value) => Object.isExtensible(value),
  'object.hasOwnProperty': (value, key) => {
    if (isNullish(value)) throw new TypeError('hasOwnProperty');
    return Object.hasOwn(Object(value) as object, String(key));
  },
};

const dates: Record<string, Call> = {
  // An hour alone is ISO 8601, too.
  'date.parse': (value) => Date.parse(String(value).replace(/^[\d-]{10}T\d\d$/, '$&:00')),
  'date.UTC': (...parts) => Date.UTC(...(parts as [number])),
};
for (const part of ['FullYear', 'Month', 'Date', 'Day', 'Hours', 'Minutes', 'Milliseconds']) {
  dates[`date.getUTC${part}`] = (date) => call(`getUTC${part}`)(date);
  if (part === 'Day') continue;
  dates[`date.setUTC${part}`] = (date, ...parts) =>
    call(`setUTC${part}`)(new Date((date as Date).getTime()), ...parts);
}
for (const form of ['toISOString', 'toJSON', 'toString', 'toDateString']) {
  dates[`date.${form}`] = (date) => of(date)[form]?.call(date);
}
for (const form of ['toLocaleString', 'toLocaleDateString', 'toLocaleTimeString']) {
  dates[`date.${form}`] = (date) =>
    String(of(date)[form]?.call(date, 'en-US', { timeZone: 'UTC' })).replaceAll('\u202f', ' ');
}

/** By name, as far as a function is one of JavaScript's. */
export const oracle: Record<string, Call> = {
  ...{ ...numbers, ...operators, ...texts, ...lists, ...objects, ...dates },
  'string.split': (value, delimiter) => call('split')(value, delimiter),
  'string.concat': (...parts) =>
    parts.map((part) => (isNullish(part) ? '' : `${part as string}`)).join(''),
  'string.lastIndexOf': (value, needle, from) => {
    if (Array.isArray(value)) return value.lastIndexOf(needle, (from ?? value.length) as number);
    return call('lastIndexOf')(value, needle, from);
  },
  'number.isFinite': Number.isFinite,
  'number.isInteger': Number.isInteger,
  'number.isNaN': Number.isNaN,
  'number.parseFloat': (value) => parseFloat(String(value)),
  'number.parseInt': (value, radix) => parseInt(String(value), radix as number),
  'number.toFixed': call('toFixed'),
  'number.toExponential': call('toExponential'),
  'number.toPrecision': call('toPrecision'),
  'json.stringify': (value, replacer, indent) =>
    // For an indent between 0 and 1 Node breaks lines, against the standard.
    JSON.stringify(
      value,
      replacer as string[],
      typeof indent === 'number' ? Math.trunc(indent) : (indent as string),
    ),
  // Postgres has no -0 inside of JSON.
  'json.parse': (value) =>
    JSON.parse(String(value), (key, item: unknown) =>
      key !== '' && Object.is(item, -0) ? 0 : item,
    ) as unknown,
};

-- The function that computes a function of the mapping language, its family; null for one that does
-- not exist. This list is the only one of all functions, the aliases among them.

create function ratchet_internal.pipe_family(p_function text) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select f.family
    from (values
      ('compare', 'conditional.(equality|strict_equality|inequality|strict_inequality
        |greater_than|less_than|greater_than_or_equal|less_than_or_equal|eq|neq|gt|gte|lt|lte)
        |number.(gte|lte|gt|lt)'),
      ('choose', 'conditional.(ternary|nullish)|logical.(and|or|not)|unary.not'),
      ('concat', 'string.concat'),
      ('text_find', 'string.(includes|indexOf|lastIndexOf|startsWith|endsWith|search)'),
      ('text_cut', 'string.(split|charAt|slice|substring)'),
      ('text_change', 'string.(toLowerCase|toUpperCase|trim|trimStart|trimEnd|padStart|padEnd
        |replace|repeat)'),
      ('arithmetic', 'math.(add|subtract|multiply|divide)'),
      ('list_read', 'array.(get|length|indexOf|join|lastIndexOf|pop|shift|slice)'),
      ('list_change', 'array.(concat|push|reverse|sort|splice|unshift)'),
      ('object_read', 'object.(get|keys|values|entries|getOwnPropertyNames|getOwnPropertySymbols
        |getOwnPropertyDescriptor)'),
      ('object_change', 'object.(set|create|fromEntries|assign|defineProperty|defineProperties)'),
      ('object_trait', 'object.(freeze|isFrozen|seal|isSealed|preventExtensions|isExtensible
        |hasOwnProperty|isPrototypeOf|propertyIsEnumerable)'),
      ('number', 'number.(isFinite|isEven|isOdd|isInteger|isNaN|parseFloat|parseInt|toFixed
        |toExponential|toPrecision)|unary.(positive|negative)'),
      ('math_many', 'math.(atan2|hypot|max|min|pow|random)|number.(max|min|pow|round)'),
      ('math', 'math.(abs|acos|acosh|asin|asinh|atan|atanh|cbrt|ceil|cos|cosh|exp|expm1|floor
        |fround|log|log10|log1p|log2|round|sign|sin|sinh|sqrt|tan|tanh|trunc)'),
      ('bits', 'bitwise.(and|or|xor|leftShift|rightShift|unsignedRightShift)|unary.bitwise_not
        |math.(clz32|imul)'),
      ('date_get', 'date.(get(UTC)?(Date|Day|FullYear|Hours|Milliseconds|Minutes|Month|Seconds)
        |getTime|getTimezoneOffset|valueOf)'),
      ('date_set', 'date.(set(UTC)?(Date|FullYear|Hours|Milliseconds|Minutes|Month|Seconds)
        |setTime)'),
      ('date_make', 'symbol.date|date.(fromISOString|now|yyyymmdd|parse|UTC)'),
      ('date_write', 'date.(toDateString|toISOString|toISOXString|toJSON|toLocaleDateString
        |toLocaleString|toLocaleTimeString|toString)'),
      ('symbol', 'symbol.(null|undefined|whitespace|object|array|posInfinity|negInfinity|NaN)'),
      ('json', 'json.(stringify|parse)'),
      ('cron', 'cron.nextDelay')) as f (family, names)
    where p_function
      ~ ('^(' || replace(regexp_replace(f.names, E'\\s+', '', 'g'), '.', E'\\.') || ')$'));
end $$;
comment on function ratchet_internal.pipe_family(text) is
  'The family of a function of the mapping language; null when there is no such function.';

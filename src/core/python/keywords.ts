/** Keywords of Python. */

/** Constants that Python's grammar treats as keywords, used in the same places as names. */
export const CONSTANT_KEYWORDS: ReadonlySet<string> = new Set(['False', 'None', 'True']);

/** Keywords of Python 3.11. Soft keywords such as `match` are left out, since they are mostly used as names. */
export const KEYWORDS: ReadonlySet<string> = new Set([
  ...CONSTANT_KEYWORDS,
  ...(
    'and as assert async await break class continue def del elif else except finally for from global if ' +
    'import in is lambda nonlocal not or pass raise return try while with yield'
  ).split(' '),
]);

/** Statements of Python 2. As after a name, there is no space between them and a bracket. */
export const PYTHON_2_KEYWORDS: ReadonlySet<string> = new Set(['print', 'exec']);

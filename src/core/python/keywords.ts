/** Keywords of Python. */

/** Constants that Python's grammar counts among its keywords, and that stand where a name could. */
export const CONSTANT_KEYWORDS: ReadonlySet<string> = new Set(['False', 'None', 'True']);

/** Those of Python 3.11. Soft ones, such as `match`, are left out: they are names nearly everywhere. */
export const KEYWORDS: ReadonlySet<string> = new Set([
  ...CONSTANT_KEYWORDS,
  ...(
    'and as assert async await break class continue def del elif else except finally for from global if ' +
    'import in is lambda nonlocal not or pass raise return try while with yield'
  ).split(' '),
]);

/** Statements of Python 2, which a bracket follows closely, as it follows a name. */
export const PYTHON_2_KEYWORDS: ReadonlySet<string> = new Set(['print', 'exec']);

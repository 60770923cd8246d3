/** Finds units of a network that follow a visible property of a text, such as the bracket depth or the place in the line. */
import { EOL_TOKEN } from '../python/specialTokens.ts';

export interface Feature {
  readonly name: string;
  /** After each token. */
  readonly values: Float64Array;
}

const BLOCKS: ReadonlySet<string> = new Set(['def', 'class', 'if', 'for', 'while', 'with', 'try', 'elif', 'else']);
const IMPORTS: ReadonlySet<string> = new Set(['import', 'from']);

/** The visible features of a text, after each of its tokens. @param columns where the line of each token begins, in characters */
export function featuresOf(tokens: readonly string[], columns: ArrayLike<number>): Feature[] {
  const feature = (name: string): Feature => ({ name, values: new Float64Array(tokens.length) });
  const depth = feature('bracket depth');
  const place = feature('tokens since the start of the line');
  const indent = feature('indentation of the line');
  const header = feature('a line that opens a block');
  const imports = feature('a line that imports');
  const assigned = feature('right-hand side of an assignment');
  const dot = feature('just after a dot');
  const file = feature('position in the file');
  let [level, inLine] = [0, 0];
  let [isHeader, isImport, isAssigned] = [false, false, false];
  for (const [t, token] of tokens.entries()) {
    if (token === EOL_TOKEN) {
      inLine = 0;
      [isHeader, isImport, isAssigned] = [false, false, false];
    } else {
      if (inLine === 0) [isHeader, isImport] = [BLOCKS.has(token), IMPORTS.has(token)];
      if (token === '=' && level === 0) isAssigned = true;
      inLine++;
    }
    if ('([{'.includes(token)) level++;
    if (')]}'.includes(token)) level = Math.max(0, level - 1);
    depth.values[t] = level;
    place.values[t] = inLine;
    indent.values[t] = columns[t]!;
    header.values[t] = Number(isHeader);
    imports.values[t] = Number(isImport);
    assigned.values[t] = Number(isAssigned);
    dot.values[t] = Number(token === '.');
    file.values[t] = t;
  }
  return [depth, place, indent, header, imports, assigned, dot, file];
}

export interface InformativeUnit {
  readonly unit: number;
  /** Pearson's. */
  readonly correlation: number;
}

/**
 * The unit whose state correlates most with a feature, positively or negatively.
 * @param states [tokens, hidden], after each token
 * @returns null where the feature does not change, or no unit does
 */
export function mostInformativeUnit(
  values: Float64Array,
  states: Float32Array,
  hidden: number,
): InformativeUnit | null {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const spread = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  if (!(spread > 0)) return null;
  const [sums, squares, products] = [new Float64Array(hidden), new Float64Array(hidden), new Float64Array(hidden)];
  for (let t = 0; t < n; t++) {
    const away = values[t]! - mean;
    for (let unit = 0; unit < hidden; unit++) {
      const state = states[t * hidden + unit]!;
      sums[unit]! += state;
      squares[unit]! += state * state;
      products[unit]! += state * away;
    }
  }
  let best: InformativeUnit | null = null;
  for (let unit = 0; unit < hidden; unit++) {
    const ownSpread = squares[unit]! - (sums[unit]! * sums[unit]!) / n;
    // less than rounding error: the unit is constant
    if (!(ownSpread > 1e-9 * n)) continue;
    const correlation = products[unit]! / Math.sqrt(spread * ownSpread);
    if (best === null || Math.abs(correlation) > Math.abs(best.correlation)) best = { unit, correlation };
  }
  return best;
}

/** Indentation of each token's line, in characters. @param starts of the tokens in the text */
export function columnsOf(text: string, starts: ArrayLike<number>): Int32Array {
  const columns = new Int32Array(starts.length);
  let lineStart = 0;
  let lineEnd = -1;
  let column = 0;
  for (let t = 0; t < starts.length; t++) {
    // the line feed belongs to the line that it ends
    while (starts[t]! > lineEnd) {
      lineStart = lineEnd + 1;
      const feed = text.indexOf('\n', lineStart);
      lineEnd = feed < 0 ? text.length : feed;
      column = /^[ \t\f]*/.exec(text.slice(lineStart, lineEnd))?.[0].length ?? 0;
    }
    columns[t] = column;
  }
  return columns;
}

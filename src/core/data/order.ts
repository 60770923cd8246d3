/** The order of paths. */

/** Order of paths by code points, as Python sorts strings; `<` alone would go by UTF-16 code units. */
export function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  const [x, y] = [a.path, b.path];
  const shorter = Math.min(x.length, y.length);
  for (let i = 0; i < shorter; i++) {
    if (x.charCodeAt(i) !== y.charCodeAt(i)) return wholeAt(x, i) - wholeAt(y, i);
  }
  return x.length - y.length;
}

/** The code point of which the unit at `i` is a part. A second half counts as one beyond all single units, too. */
function wholeAt(text: string, i: number): number {
  const unit = text.charCodeAt(i);
  return unit >= 0xd800 && unit <= 0xdfff ? 0x10000 + unit : unit;
}

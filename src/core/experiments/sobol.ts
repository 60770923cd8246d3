/**
 * The Sobol sequence: points that fill a cube more evenly than random ones do. Direction numbers of S. Joe and F. Y. Kuo, "Constructing
 * Sobol sequences with better two-dimensional projections", SIAM J. Sci. Comput. 30 (2008), their file new-joe-kuo-6.21201, which SciPy
 * and PyTorch use too.
 */

/** Of dimension 2 and on: coefficients of the primitive polynomial as bits, and the first direction numbers, as many as its degree. */
const DIRECTIONS: readonly (readonly [coefficients: number, first: readonly number[]])[] = [
  [0, [1]],
  [1, [1, 3]],
  [1, [1, 3, 1]],
  [2, [1, 1, 1]],
  [1, [1, 1, 3, 3]],
  [4, [1, 3, 5, 13]],
  [2, [1, 1, 5, 5, 17]],
  [4, [1, 1, 5, 5, 5]],
  [7, [1, 1, 7, 11, 19]],
  [11, [1, 1, 5, 1, 1]],
  [13, [1, 1, 1, 3, 11]],
  [14, [1, 3, 5, 5, 31]],
  [1, [1, 3, 3, 9, 7, 49]],
  [13, [1, 1, 1, 15, 21, 21]],
  [16, [1, 3, 1, 13, 27, 49]],
  [19, [1, 1, 1, 15, 7, 5]],
  [22, [1, 3, 1, 15, 13, 25]],
  [25, [1, 1, 5, 5, 19, 61]],
  [1, [1, 3, 7, 11, 23, 15, 103]],
  [4, [1, 3, 7, 13, 13, 15, 69]],
  [7, [1, 1, 3, 13, 7, 35, 63]],
  [8, [1, 3, 5, 9, 1, 25, 53]],
  [14, [1, 3, 1, 13, 9, 35, 107]],
];

export const MAX_SOBOL_DIMENSIONS = DIRECTIONS.length + 1;

const BITS = 32;

/** The 32 direction numbers of a dimension, from 0, as unsigned fractions of 2^32. */
function directionsOf(dimension: number): Uint32Array {
  const directions = new Uint32Array(BITS);
  const [coefficients, first] = dimension === 0 ? [0, []] : DIRECTIONS[dimension - 1]!;
  const degree = first.length;
  for (let bit = 0; bit < BITS; bit++) {
    if (degree === 0) directions[bit] = 2 ** (BITS - 1 - bit);
    else if (bit < degree) directions[bit] = first[bit]! * 2 ** (BITS - 1 - bit);
    else {
      let next = directions[bit - degree]! ^ (directions[bit - degree]! >>> degree);
      for (let term = 1; term < degree; term++) {
        if ((coefficients >> (degree - 1 - term)) & 1) next ^= directions[bit - term]!;
      }
      directions[bit] = next;
    }
  }
  return directions;
}

/**
 * The first points of a sequence, in Gray code order.
 * @param dimensions from 1 to `MAX_SOBOL_DIMENSIONS`
 * @returns points with a value a dimension, as unsigned fractions of 2^32
 */
export function sobolPoints(count: number, dimensions: number): readonly Uint32Array[] {
  const directions = Array.from({ length: dimensions }, (_, dimension) => directionsOf(dimension));
  const point = new Uint32Array(dimensions);
  return Array.from({ length: count }, (_, index) => {
    if (index > 0) {
      // the lowest bit that is 0 in the number of the point before
      const bit = 31 - Math.clz32(index & -index);
      for (const [dimension, own] of directions.entries()) point[dimension]! ^= own[bit]!;
    }
    return point.slice();
  });
}

/** Reading and writing up to four values where a row may end within a vector. */

/** The first `count` (1 to 4) of the values at `place`, then zeros. */
// @ts-ignore: decorator
@inline
export function loadPart(place: usize, count: i32): v128 {
  return count >= 4 ? v128.load(place) : loadFew(place, count);
}

function loadFew(place: usize, count: i32): v128 {
  let x = v128.load32_zero(place);
  if (count > 1) x = f32x4.replace_lane(x, 1, load<f32>(place, 4));
  if (count > 2) x = f32x4.replace_lane(x, 2, load<f32>(place, 8));
  return x;
}

/** Writes the first `count` (1 to 4) values. */
// @ts-ignore: decorator
@inline
export function storePart(place: usize, x: v128, count: i32): void {
  if (count >= 4) v128.store(place, x);
  else storeFew(place, x, count);
}

function storeFew(place: usize, x: v128, count: i32): void {
  store<f32>(place, f32x4.extract_lane(x, 0));
  if (count > 1) store<f32>(place, f32x4.extract_lane(x, 1), 4);
  if (count > 2) store<f32>(place, f32x4.extract_lane(x, 2), 8);
}

/** The four values added up, pairs first. */
// @ts-ignore: decorator
@inline
export function sumOf(x: v128): f32 {
  return (
    f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3))
  );
}

/** Cores of this machine, and how many of them training takes where nobody says otherwise. */

export function coresHere(): number {
  return Math.max(1, navigator.hardwareConcurrency);
}

/** All but one: the page that draws the training needs one too. */
export function threadsByDefault(cores = coresHere()): number {
  return Math.max(1, cores - 1);
}

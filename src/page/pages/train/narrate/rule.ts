/** A rule of the panel: its condition, its sentence and what that claims, in one small function. */
import type { Sentence } from './claims.ts';
import type { Facts } from './facts.ts';

/** @returns null where the numbers do not support the sentence */
export type Rule = (facts: Facts) => Sentence | null;

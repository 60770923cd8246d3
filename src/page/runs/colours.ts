/** One color per model everywhere: Okabe and Ito's, adapted for contrast on each theme in colours.css. */
import './colours.css';
import { modelColor, type ModelChoice, type ModelName } from '#core/models/registry.ts';

export function modelColour(model: ModelChoice): string {
  return `var(--model-${modelColor(model)})`;
}

/** What a model's colour is mixed with, so that several of its runs can be told apart: the first has it pure. */
const SHADES = ['', 'white 38%', 'black 38%', '#cc79a7 55%', 'white 62%', '#f0e442 50%'] as const;

/** @param place of the run among all runs of its model: it never changes, so neither does the colour */
export function runColour(model: ModelName, place: number): string {
  const shade = SHADES[place % SHADES.length];
  return shade ? `color-mix(in oklab, ${modelColour(model)}, ${shade})` : modelColour(model);
}

/** Okabe and Ito's, for those who choose a colour themselves; yellow is darkened, or it would vanish on white. */
export const PALETTE = [
  '#0072b2',
  '#c97c00',
  '#009e73',
  '#cc79a7',
  '#d55e00',
  '#56b4e9',
  '#a39a00',
  '#6b7178',
] as const;

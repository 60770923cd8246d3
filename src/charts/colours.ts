/** One colour a model everywhere: Okabe and Ito's, adapted for contrast on each theme in colours.css. */
import './colours.css';
import type { ModelChoice, ModelName } from '../core/config.ts';

export function modelColour(model: ModelName | ModelChoice): string {
  if (model === 'rnn') return 'var(--model-rnn)';
  if (model === 'lstm') return 'var(--model-lstm)';
  return 'var(--model-residual)';
}

export const YARDSTICK_COLOUR = 'var(--yardstick)';

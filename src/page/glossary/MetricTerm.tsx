/** Explains a metric beside its title, where the glossary has a term for it. */
import type { MetricName } from '#core/metrics/registry.ts';
import type { TermName } from './glossary.ts';
import { Term } from './Term.tsx';

const TERM_OF: Partial<Record<MetricName, TermName>> = { loss: 'loss', top5: 'top-5', perplexity: 'perplexity' };

interface MetricTermProps {
  readonly of: MetricName;
  readonly className?: string | undefined;
}

export function MetricTerm({ of, className }: MetricTermProps) {
  const term = TERM_OF[of];
  return term === undefined ? null : <Term of={term} className={className} />;
}

/** The content of a file of foreign weights: the network, what replaces missing tensors, and what is not needed. */
import { Alert, Checkbox, Stack, Text } from '@mantine/core';
import { CELLS } from '#core/models/registry.ts';
import type { WeightsQuestion } from '#contract/lab.ts';
import { UntrustedText } from '../ui/UntrustedText.tsx';
import { formatCount, formatCounted } from '#core/format.ts';
import { listTensors } from '#core/formats/ignored.ts';

/** Tensors named before the rest is counted. */
const MAX_NAMED = 8;

interface WeightsFactsProps {
  readonly question: WeightsQuestion;
  /** Whether tensors that may be layers are to be left out. */
  readonly withoutLayers: boolean;
  readonly onWithoutLayers: (without: boolean) => void;
}

export function WeightsFacts({ question, withoutLayers, onWithoutLayers }: WeightsFactsProps) {
  const { name, cell, tokens, embedding, hidden, layers: depth, ignored, assumed } = question;
  const layers = ignored.filter(({ mayBeLayer }) => mayBeLayer);
  const others = ignored.filter(({ mayBeLayer }) => !mayBeLayer);
  return (
    <Stack gap="xs">
      <Text size="sm">
        <strong>
          <UntrustedText text={name} />
        </strong>{' '}
        contains {cell === 'gru' ? 'a' : 'an'} {CELLS[cell].title} with {formatCount(tokens)} tokens, embedding size{' '}
        {formatCount(embedding)} and {formatCounted(depth, 'layer')} of {formatCount(hidden)} units. It does not say
        which tokens these are.
      </Text>
      {assumed.map((sentence) => (
        <Text key={sentence} size="sm">
          {sentence}
        </Text>
      ))}
      {others.length > 0 && (
        <Text size="sm" c="dimmed">
          {formatCounted(others.length, 'tensor')} not needed and ignored:{' '}
          <UntrustedText text={listTensors(others, MAX_NAMED)} />.
        </Text>
      )}
      {layers.length > 0 && (
        <Alert color="gray" title={`${formatCounted(layers.length, 'tensor')} unknown to the lab`}>
          <Text size="sm" mb="xs">
            <UntrustedText text={listTensors(layers, MAX_NAMED)} />. If the network uses{' '}
            {layers.length === 1 ? 'it' : 'them'}, the imported model will give different predictions.
          </Text>
          <Checkbox
            label="The network does not use them: import without them"
            checked={withoutLayers}
            onChange={({ currentTarget }) => onWithoutLayers(currentTarget.checked)}
          />
        </Alert>
      )}
    </Stack>
  );
}

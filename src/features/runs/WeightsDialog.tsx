/** Asks what weights from elsewhere do not say of themselves: whose vocabulary they know, and what goes into the output layer. */
import { Alert, Button, Checkbox, Group, Modal, NativeSelect, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { SPECIAL_IDS } from '../../core/dataset/vocabulary.ts';
import { failureOf, type Failure } from '../../core/failure.ts';
import { formatCount, MODEL_TITLES } from '../../core/format.ts';
import { answerQuestion, dropQuestion, useQuestions, type PendingQuestion } from '../../lab/runActions.ts';
import { useDatasets } from '../../lab/stores.ts';

export function WeightsDialog() {
  const [first] = useQuestions((state) => state.pending);
  return (
    <Modal
      opened={first !== undefined}
      onClose={dropQuestion}
      title="What are these weights of?"
      closeButtonProps={{ 'aria-label': 'Leave these weights' }}
    >
      {first && <Question key={first.question.name} pending={first} />}
    </Modal>
  );
}

const ACTIVATIONS = ['tanh', 'relu'] as const;

function Question({ pending }: { readonly pending: PendingQuestion }) {
  const { name, cell, tokens, embedding, hidden } = pending.question;
  const stored = useDatasets((state) => state.stored);
  const possible = stored.filter(({ manifest }) => manifest.vocabulary.tokens.length + SPECIAL_IDS >= tokens);
  // the likeliest one has just as many
  const likeliest = possible.find(({ manifest }) => manifest.vocabulary.tokens.length + SPECIAL_IDS === tokens);
  const [datasetId, setDatasetId] = useState((likeliest ?? possible[0])?.manifest.id ?? null);
  const [residual, setResidual] = useState(false);
  const [activation, setActivation] = useState<'tanh' | 'relu'>('tanh');
  const [failure, setFailure] = useState<Failure | null>(null);
  const [reading, setReading] = useState(false);
  const bring = async () => {
    if (datasetId === null) return;
    setReading(true);
    try {
      await answerQuestion(pending, { datasetId, residual, activation });
    } catch (error) {
      setFailure(failureOf(error));
      setReading(false);
    }
  };
  return (
    <Stack gap="md">
      <Text size="sm">
        <strong>{name}</strong> holds an {MODEL_TITLES[cell]} of {formatCount(tokens)} tokens, embedding{' '}
        {formatCount(embedding)}, two layers of {formatCount(hidden)}. It does not say which tokens these are.
      </Text>
      {possible.length === 0 ? (
        <Alert color="gray" title="No data set here has so many tokens">
          Load or import the one that these weights were trained on in the Data room, then bring them again.
        </Alert>
      ) : (
        <NativeSelect
          label="Trained on the vocabulary of"
          description="Its first tokens by frequency are taken; PAD is 0 and UNK is 1."
          data={possible.map(({ manifest }) => ({
            value: manifest.id,
            label: `${manifest.title}, ${formatCount(manifest.vocabulary.tokens.length)} tokens`,
          }))}
          value={datasetId ?? ''}
          onChange={({ currentTarget }) => setDatasetId(currentTarget.value)}
        />
      )}
      {cell === 'rnn' && (
        <NativeSelect
          label="Activation"
          data={[...ACTIVATIONS]}
          value={activation}
          onChange={({ currentTarget }) =>
            setActivation(ACTIVATIONS.find((one) => one === currentTarget.value) ?? 'tanh')
          }
        />
      )}
      <Checkbox
        label="A residual model: H1 + H2 goes into the output layer"
        checked={residual}
        onChange={({ currentTarget }) => setResidual(currentTarget.checked)}
      />
      {failure && (
        <Alert color="red" role="alert">
          {failure.what} {failure.remedy}
        </Alert>
      )}
      <Group justify="flex-end">
        <Button variant="default" onClick={dropQuestion}>
          Leave them
        </Button>
        <Button disabled={datasetId === null} loading={reading} onClick={() => void bring()}>
          Bring them in
        </Button>
      </Group>
    </Stack>
  );
}

/** Asks for what foreign weights do not contain: their vocabulary, what is connected to the output layer, the order of layers. */
import { Alert, Button, Checkbox, Group, Modal, NativeSelect, Stack } from '@mantine/core';
import { useState } from 'react';
import { UntrustedText } from '../ui/UntrustedText.tsx';
import { SPECIAL_IDS } from '#core/data/vocabulary.ts';
import { failureOf, type Failure } from '#core/failure.ts';
import { formatCount } from '#core/format.ts';
import { visibleText } from '#core/visibleText.ts';
import { answerQuestion, dropQuestion, useQuestions, type PendingQuestion } from '../client/runActions.ts';
import { useDatasets } from '../client/stores.ts';
import { LayerOrder } from './LayerOrder.tsx';
import { WeightsFacts } from './WeightsFacts.tsx';
import { ACTIVATIONS, CELLS, type Activation } from '#core/models/registry.ts';

export function WeightsDialog() {
  const [first] = useQuestions((state) => state.pending);
  return (
    <Modal
      opened={first !== undefined}
      onClose={dropQuestion}
      title="Complete the description of these weights"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {first && <Question key={first.question.name} pending={first} />}
    </Modal>
  );
}

function Question({ pending }: { readonly pending: PendingQuestion }) {
  const { cell, tokens, layers, undecided, ignored } = pending.question;
  const stored = useDatasets((state) => state.stored);
  const possible = stored.filter(({ manifest }) => manifest.vocabulary.tokens.length + SPECIAL_IDS >= tokens);
  // the likeliest one has just as many
  const likeliest = possible.find(({ manifest }) => manifest.vocabulary.tokens.length + SPECIAL_IDS === tokens);
  const [datasetId, setDatasetId] = useState((likeliest ?? possible[0])?.manifest.id ?? null);
  const [residual, setResidual] = useState(false);
  const [activation, setActivation] = useState<Activation>('tanh');
  const [first, setFirst] = useState<string | null>(null);
  const [withoutLayers, setWithoutLayers] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [reading, setReading] = useState(false);
  const names = undecided?.map((module) => module.name) ?? null;
  const second = names?.find((name) => name !== first);
  const order = first !== null && second !== undefined ? ([first, second] as const) : null;
  const isAnswered =
    datasetId !== null &&
    (undecided === null || order !== null) &&
    (withoutLayers || !ignored.some(({ mayBeLayer }) => mayBeLayer));
  const bring = async () => {
    if (datasetId === null) return;
    setReading(true);
    try {
      await answerQuestion(pending, { datasetId, residual, activation, order, withoutLayers });
    } catch (error) {
      setFailure(failureOf(error));
      setReading(false);
    }
  };
  return (
    <Stack gap="md">
      <WeightsFacts question={pending.question} withoutLayers={withoutLayers} onWithoutLayers={setWithoutLayers} />
      {undecided && <LayerOrder modules={undecided} first={first} onChoose={setFirst} />}
      {possible.length === 0 ? (
        <Alert color="gray" title="No data set here has enough tokens">
          On the Data page, download or import the data set that these weights were trained on. Then import the weights
          again.
        </Alert>
      ) : (
        <NativeSelect
          label="Trained with the vocabulary of"
          description="The most frequent tokens of this data set are used. PAD is 0 and UNK is 1."
          data={possible.map(({ manifest }) => ({
            value: manifest.id,
            label: `${visibleText(manifest.title)}, ${formatCount(manifest.vocabulary.tokens.length)} tokens`,
          }))}
          value={datasetId ?? ''}
          onChange={({ currentTarget }) => setDatasetId(currentTarget.value)}
        />
      )}
      {CELLS[cell].choosesActivation && (
        <NativeSelect
          label="Activation"
          data={[...ACTIVATIONS]}
          value={activation}
          onChange={({ currentTarget }) =>
            setActivation(ACTIVATIONS.find((one) => one === currentTarget.value) ?? 'tanh')
          }
        />
      )}
      {layers > 1 && (
        <Checkbox
          label={`Residual model: the output layer gets ${sumOf(layers)}`}
          checked={residual}
          onChange={({ currentTarget }) => setResidual(currentTarget.checked)}
        />
      )}
      {failure && (
        <Alert color="red" role="alert">
          <UntrustedText text={`${failure.what} ${failure.remedy}`} />
        </Alert>
      )}
      <Group justify="flex-end">
        <Button variant="default" onClick={dropQuestion}>
          Cancel
        </Button>
        <Button disabled={!isAnswered} loading={reading} onClick={() => void bring()}>
          Import
        </Button>
      </Group>
    </Stack>
  );
}

/** `H1 + H2`. */
function sumOf(layers: number): string {
  return Array.from({ length: layers }, (_, index) => `H${index + 1}`).join(' + ');
}

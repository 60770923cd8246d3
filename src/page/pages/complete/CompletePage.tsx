/** The Complete page: an editor with inline completions, and views of what the model sees. */
import { Anchor, Button, Group, Stack, Text, Title } from '@mantine/core';
import type { EditorView } from '@codemirror/view';
import { clsx } from 'clsx';
import { useCallback, useEffect, useId, useState } from 'react';
import { Link } from 'wouter';
import { useShallow } from 'zustand/react/shallow';
import { visibleText } from '#core/visibleText.ts';
import { UntrustedText } from '../../ui/UntrustedText.tsx';
import type { OpenModel } from '#contract/completer.ts';
import type { Inspection } from '#core/completion/answers.ts';
import { FailureNote } from '../../ui/FailureNote.tsx';
import { useConnection, useRuns } from '../../client/stores.ts';
import { CandidateList } from './CandidateList.tsx';
import { askAgain, dismissFailure, useCompletion } from './completion.ts';
import { DecodingSettings } from './DecodingSettings.tsx';
import { CodeEditor } from './editor/CodeEditor.tsx';
import { GhostBar } from './editor/GhostBar.tsx';
import { SecondEditor } from './editor/SecondEditor.tsx';
import { InsidePanel } from './inside/InsidePanel.tsx';
import { useMarks } from './inside/useMarks.ts';
import { useTypingPause } from './inside/useTypingPause.ts';
import { useInspection, useUnit, type Seen } from './inside/useSeen.ts';
import { MissingModels } from './MissingModels.tsx';
import { ModelPicker, SecondPicker } from './ModelPickers.tsx';
import { useModels, type Model } from './models.ts';
import { ImportRunsButton } from '../../runs/ImportRunsButton.tsx';
import { useCompleteSettings } from '../../client/completeSettings.ts';
import { TextTools } from './TextTools.tsx';
import { useOpenModels } from './useOpenModels.ts';
import shared from '../../ui/shared.module.css';
import styles from './CompletePage.module.css';

export function CompletePage() {
  const models = useModels();
  const training = useRuns((state) => Object.values(state.runs).some((run) => run.state === 'training'));
  const ready = useConnection(({ state }) => state === 'ready');
  const runId = useCompleteSettings((state) => state.runId);
  if (!ready || models === null) return null;
  const chosen = models.find(({ run }) => run.id === runId) ?? models[0];
  if (!chosen) return <NothingYet training={training} />;
  return (
    <>
      <h1 className={shared.visuallyHidden}>Complete</h1>
      <Opened models={models} chosen={chosen} />
    </>
  );
}

function NothingYet({ training }: { readonly training: boolean }) {
  return (
    <section className={clsx(shared.sheet, shared.narrowSheet)}>
      <Title order={1}>Complete</Title>
      <Text mt="xs">
        {training
          ? 'A model is training. After its first epoch you can type Python here and see what it would write next.'
          : 'Type Python here and see what your model would write next. You have not trained a model yet.'}
      </Text>
      <Stack mt="md" gap="md">
        <Group gap="sm">
          <Button component={Link} href="/train">
            {training ? 'Watch it train' : 'Train a model'}
          </Button>
          <ImportRunsButton size="sm" />
        </Group>
        <MissingModels />
      </Stack>
    </section>
  );
}

function Opened({ models, chosen }: { readonly models: readonly Model[]; readonly chosen: Model }) {
  const { colouring, secondId, layer, unit } = useCompleteSettings(
    useShallow(({ colouring, secondId, layer, unit }) => ({ colouring, secondId, layer, unit })),
  );
  const { text, caret } = useTypingPause();
  const failure = useCompletion((state) => state.failure);
  const [attempt, setAttempt] = useState(0);
  const [view, setView] = useState<EditorView | null>(null);
  const keysId = useId();

  const beside = models.find(({ run }) => run.id === secondId && run.id !== chosen.run.id) ?? null;
  const { model, second } = useOpenModels(chosen, beside, attempt);
  useEffect(() => {
    useCompletion.setState({ model, candidates: null, line: null, first: null });
    void askAgain();
  }, [model]);

  const isInside = colouring !== 'nothing' || second !== null;
  const cache = useCompleteSettings((state) => state.cache);
  const seen = useInspection(isInside ? model : null, text, cache);
  const secondSeen = useInspection(second, text, cache);
  const shownLayer = Math.min(layer, model?.spec.layers ?? 1);
  const shownUnit = Math.min(unit, (model?.spec.hidden ?? 1) - 1);
  const trace = useUnit(colouring === 'unit' ? model : null, text, shownLayer, shownUnit);

  const { marks, secondMarks } = useMarks(seen, secondSeen, trace);

  const nameOf = useCallback(
    ({ runId }: OpenModel) => models.find(({ run }) => run.id === runId)?.name ?? 'the model',
    [models],
  );
  return (
    <div className={styles.page}>
      <Stack gap="sm" className={styles.main}>
        {failure && (
          <FailureNote failure={failure} {...(model === null ? {} : { onDismiss: dismissFailure })}>
            {model === null && (
              <Button
                size="xs"
                mt="xs"
                onClick={() => {
                  dismissFailure();
                  setAttempt(attempt + 1);
                }}
              >
                {failure.kind === 'worker' ? 'Restart' : 'Try again'}
              </Button>
            )}
          </FailureNote>
        )}
        <MissingModels />
        <section className={clsx(shared.sheet, styles.editorSheet)} aria-label="Editor">
          <TextTools />
          <div className={styles.editors} data-two={second !== null || undefined}>
            <div className={styles.editor} data-coloured={marks.length > 0 || undefined}>
              {second && <EditorTitle name={model ? nameOf(model) : ''} seen={seen} />}
              <CodeEditor marks={marks} describedBy={keysId} onView={setView} />
            </div>
            {second && (
              <div className={styles.editor} data-coloured={secondMarks.length > 0 || undefined}>
                <EditorTitle name={nameOf(second)} seen={secondSeen} />
                <SecondEditor
                  key={second.runId}
                  text={text}
                  marks={secondMarks}
                  label={`The same code under ${visibleText(nameOf(second))}`}
                  first={view}
                />
              </div>
            )}
          </div>
          <GhostBar view={view} keysId={keysId} />
        </section>
      </Stack>
      <aside className={styles.side} aria-label="What the model sees">
        <div className={clsx(shared.sheet, styles.sideSheet)}>
          <CandidateList />
        </div>
        <div className={clsx(shared.sheet, styles.sideSheet)}>
          <InsidePanel
            model={model}
            second={second}
            seen={seen}
            secondSeen={secondSeen}
            trace={trace}
            caret={caret}
            text={text}
            nameOf={nameOf}
          />
        </div>
        <div className={clsx(shared.sheet, styles.sideSheet, styles.settings)}>
          <ModelPicker models={models} chosen={chosen} />
          <ImportRunsButton
            size="xs"
            onImported={([runId]) => runId !== undefined && useCompleteSettings.setState({ runId })}
          />
          <SecondPicker models={models} chosen={chosen} />
          <DecodingSettings />
          {chosen.source.address !== null && <SmallOne />}
          {model && (
            <Text size="xs" c="dimmed">
              It was trained on rows of {model.length.toLocaleString('en-US')} tokens. Predictions beyond that length
              are less reliable.
            </Text>
          )}
        </div>
      </aside>
    </div>
  );
}

/** A newcomer sees the ready-made model first, and should know that they can train or import others. */
function SmallOne() {
  return (
    <Text size="xs" c="dimmed">
      This is a small model.{' '}
      <Anchor component={Link} href="/train" inherit underline="always">
        Train
      </Anchor>{' '}
      a model on your own code, train at full size with the preset task, or import weights from{' '}
      <code>npm run train</code> or PyTorch.
    </Text>
  );
}

function EditorTitle({ name, seen }: { readonly name: string; readonly seen: Seen<Inspection> | null }) {
  const bits = seen?.answer.meanBits;
  return (
    <p className={styles.editorTitle}>
      <UntrustedText text={name} />
      {bits !== undefined && Number.isFinite(bits) && (
        <span className={clsx(shared.figure, styles.bits)}> {bits.toFixed(2)} bits per token</span>
      )}
    </p>
  );
}

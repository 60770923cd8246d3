/** Rows of a data set as code, as the model will read them. */
import { Button, SegmentedControl, Text, Title } from '@mantine/core';
import { IconArrowsShuffle, IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { clsx } from 'clsx';
import { useEffect, useMemo, useRef, useState } from 'react';
import { FailureNote } from '../../ui/FailureNote.tsx';
import { splitsOf, type AnySplit, type Manifest } from '#core/data/manifest.ts';
import { UNK_ID, Vocabulary } from '#core/data/vocabulary.ts';
import { failureOf, type Failure } from '#core/failure.ts';
import { formatCount, formatCounted, formatPercent } from '#core/format.ts';
import { streamFor } from '#core/random/stream.ts';
import { readRow } from '../../client/actions.ts';
import { AppliedNumberInput } from '../../ui/numbers/AppliedNumberInput.tsx';
import { Term } from '../../glossary/Term.tsx';
import { CodeRow } from './CodeRow.tsx';
import { SPLIT_TITLES } from './facts.ts';
import shared from '../../ui/shared.module.css';
import styles from './RowBrowser.module.css';
import codeStyles from './CodeRow.module.css';

interface Place {
  readonly split: AnySplit;
  /** From 0. */
  readonly row: number;
}

type Shown =
  | { readonly state: 'asking' }
  | { readonly state: 'shown'; readonly place: Place; readonly ids: Uint16Array }
  | { readonly state: 'failed'; readonly failure: Failure };

export function RowBrowser({ manifest }: { readonly manifest: Manifest }) {
  const splits = splitsOf(manifest).filter(([, { rows }]) => rows > 0);
  const [place, setPlace] = useState<Place>({ split: splits[0]?.[0] ?? 'train', row: 0 });
  const rows = manifest.splits[place.split]?.rows ?? 0;
  const shown = useRow(manifest.id, place);
  const vocabulary = useMemo(() => new Vocabulary(manifest.vocabulary.tokens), [manifest]);
  const chance = useRef(streamFor(manifest.seed, 'rows shown'));
  if (rows === 0) return null;
  const go = (row: number) => setPlace({ ...place, row: Math.min(Math.max(row, 0), rows - 1) });
  return (
    <section className={shared.sheet} aria-labelledby="rows-title">
      <div className={styles.head}>
        <Title order={2} id="rows-title">
          Rows as code
        </Title>
        <SegmentedControl
          size="xs"
          aria-label="Split"
          data={splits.map(([value]) => ({ value, label: SPLIT_TITLES[value] }))}
          value={place.split}
          onChange={(value) => {
            const known = splits.find(([split]) => split === value);
            if (known) setPlace({ split: known[0], row: 0 });
          }}
        />
        <div className={styles.steps}>
          <Button
            size="xs"
            variant="default"
            px={8}
            aria-label="Previous row"
            disabled={place.row === 0}
            onClick={() => go(place.row - 1)}
          >
            <IconChevronLeft size={16} aria-hidden />
          </Button>
          <AppliedNumberInput
            size="xs"
            className={styles.number}
            aria-label={`Row, from 1 to ${rows}`}
            value={place.row + 1}
            limits={{ whole: true, min: 1, max: rows }}
            onChange={(row) => go(row - 1)}
          />
          <Text size="xs" c="dimmed" className={clsx(shared.figure, styles.amount)}>
            of {formatCount(rows)}
          </Text>
          <Button
            size="xs"
            variant="default"
            px={8}
            aria-label="Next row"
            disabled={place.row === rows - 1}
            onClick={() => go(place.row + 1)}
          >
            <IconChevronRight size={16} aria-hidden />
          </Button>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconArrowsShuffle size={14} aria-hidden />}
            onClick={() => go(chance.current.below(rows))}
          >
            Random row
          </Button>
        </div>
      </div>
      {shown.state === 'failed' && <FailureNote className={styles.failure} failure={shown.failure} />}
      {shown.state === 'shown' && (
        <div className={styles.shown} data-late={!isSame(shown.place, place) || undefined}>
          <Text size="sm" c="dimmed" className={shared.figure} mb={6} component="output">
            {formatCounted(shown.ids.length, 'token')}, {amountUnknown(shown.ids)}
          </Text>
          <CodeRow
            ids={shown.ids}
            vocabulary={vocabulary}
            label={`Row ${shown.place.row + 1} of ${shown.place.split}`}
          />
        </div>
      )}
      {shown.state === 'asking' && <div className={clsx(codeStyles.row, styles.asking)} />}
      <Text size="xs" c="dimmed" mt={8} className={styles.key}>
        <span>
          <code className={codeStyles.unknown}>&lt;UNK&gt;</code> not in the vocabulary{' '}
          <Term of="unk" className={styles.keyTerm} />
        </span>
        <span>
          <code className={codeStyles.literal}>&lt;STR_LIT&gt;</code> any other literal{' '}
          <Term of="literal" className={styles.keyTerm} />
        </span>
        <span>
          <code className={codeStyles.kept}>&quot;utf-8&quot;</code> literal in the vocabulary
        </span>
        <span>Comments and indentation are not tokens.</span>
      </Text>
    </section>
  );
}

/** The last row stays until the next one is there. */
function useRow(datasetId: string, { split, row }: Place): Shown {
  const [shown, setShown] = useState<Shown>({ state: 'asking' });
  useEffect(() => {
    let wanted = true;
    readRow(datasetId, split, row).then(
      (ids) => {
        if (wanted) setShown({ state: 'shown', place: { split, row }, ids });
      },
      (error: unknown) => {
        if (wanted) setShown({ state: 'failed', failure: failureOf(error) });
      },
    );
    return () => {
      wanted = false;
    };
  }, [datasetId, split, row]);
  return shown;
}

const isSame = (one: Place, other: Place) => one.split === other.split && one.row === other.row;

function amountUnknown(ids: Uint16Array): string {
  const unknown = ids.reduce((sum, id) => sum + (id === UNK_ID ? 1 : 0), 0);
  return unknown === 0 ? 'all known' : `${formatCount(unknown)} unknown (${formatPercent(unknown / ids.length)})`;
}

/** The memory plan of the next training: one line with its parts in a collapsed section, or why it cannot fit. */
import { Alert, Text } from '@mantine/core';
import { modelTitle } from '#core/models/registry.ts';
import type { StoredDataset } from '#core/data/stored.ts';
import type { TrainingConfig } from '#core/settings/config.ts';
import { formatBytes } from '#core/format.ts';
import { BUFFER_KINDS, type MemoryPlan } from '#core/models/memoryPlan.ts';
import { usePlannedMemory } from './memory.ts';
import shared from '../../ui/shared.module.css';
import styles from './Memory.module.css';

interface MemoryProps {
  /** Null while a number is out of bounds. */
  readonly config: TrainingConfig | null;
  readonly dataset: StoredDataset | undefined;
}

export function Memory({ config, dataset }: MemoryProps) {
  const memory = usePlannedMemory(config, dataset);
  if (memory.state === 'unknown') return null;
  if (memory.state === 'refused') {
    const { what, remedy } = memory.failure;
    return (
      <Alert color="red" role="alert" p="xs" mb="xs">
        {what} {remedy}
      </Alert>
    );
  }
  const largest = memory.models.reduce((a, b) => (b.plan.bytes > a.plan.bytes ? b : a));
  const notes = [...new Set(memory.models.flatMap(({ plan }) => plan.note ?? []))];
  return (
    <details className={styles.plan}>
      <summary>
        <span>Peak memory</span> <span className={shared.figure}>{amount(largest.plan)}</span>
      </summary>
      <table>
        <thead>
          <tr>
            <th scope="col">Buffers</th>
            {memory.models.map(({ choice }) => (
              <th scope="col" key={choice}>
                {modelTitle(choice)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {BUFFER_KINDS.map((kind) => (
            <tr key={kind}>
              <th scope="row">{kind}</th>
              {memory.models.map(({ choice, plan }) => (
                <td key={choice} className={shared.figure}>
                  {formatBytes(plan.totals[kind])}
                </td>
              ))}
            </tr>
          ))}
          <tr>
            <th scope="row">micro-batches</th>
            {memory.models.map(({ choice, plan }) => (
              <td key={choice} className={shared.figure}>
                {plan.microBatches} x {plan.rows}
              </td>
            ))}
          </tr>
        </tbody>
      </table>
      {notes.map((note) => (
        <Text key={note} size="xs" c="dimmed" mt={4}>
          {note}
        </Text>
      ))}
    </details>
  );
}

/** Where nothing is reserved the bytes are an estimate. */
function amount({ bytes, limits }: MemoryPlan): string {
  return `${limits ? '' : 'about '}${formatBytes(bytes)}`;
}

/** What this browser can do for the lab, and the consequences. */
import { Text } from '@mantine/core';
import { IconCheck, IconMinus, IconQuestionMark } from '@tabler/icons-react';
import { askBrowser, browserFacts, hasWebGpu } from '../client/browser.ts';
import { isolation } from '../client/isolation.ts';
import { useOffline } from '../client/offline.ts';
import { useConnection, useDatasets } from '../client/stores.ts';
import styles from './ThisBrowser.module.css';

const MARKS = { yes: IconCheck, no: IconMinus, 'not known': IconQuestionMark };

export function ThisBrowser() {
  const devices = useConnection((state) => state.devices);
  const durable = useDatasets(({ storage }) => storage?.durable ?? null);
  const kept = useOffline((state) => state.kept);
  const facts = browserFacts({
    ...askBrowser(),
    webgpu: hasWebGpu(devices),
    isolation: isolation(),
    durable,
    kept,
  });
  return (
    <section aria-labelledby="this-browser-title">
      <Text size="sm" fw={600} id="this-browser-title">
        This browser
      </Text>
      <ul className={styles.list}>
        {facts.map(({ name, state, follows }) => {
          const Mark = MARKS[state];
          return (
            <li key={name}>
              <Mark size={14} aria-label={state} />
              <Text size="xs" c="dimmed">
                <b>{name}.</b> {follows}
              </Text>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

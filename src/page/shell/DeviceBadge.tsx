/** What computes, and why, in the top row; and what this browser can do. */
import { Badge, Loader, Popover, Stack, Text, UnstyledButton } from '@mantine/core';
import { IconCpu } from '@tabler/icons-react';
import { clsx } from 'clsx';
import { lazy, Suspense } from 'react';
import { DEVICE_TITLES } from '#core/format.ts';
import { useConnection } from '../client/stores.ts';
import { lazyImport } from '../ui/lazyImport.ts';
import shared from '../ui/shared.module.css';
import styles from './DeviceBadge.module.css';

const ThisBrowser = lazy(async () => ({
  default: (await lazyImport(() => import('./ThisBrowser.tsx'))).ThisBrowser,
}));

export function DeviceBadge() {
  const devices = useConnection((state) => state.devices);
  const state = useConnection((state) => state.state);
  if (state === 'connecting') {
    return (
      <output className={styles.badge}>
        <Loader size={12} aria-hidden /> <span className={shared.wideOnly}>looking for a device</span>
      </output>
    );
  }
  if (!devices) return null;
  const chosen = devices.options.find(({ kind }) => kind === devices.chosen);
  return (
    <Popover width={340} position="bottom-end" withArrow>
      <Popover.Target>
        <UnstyledButton className={styles.badge} aria-label={`Device: ${DEVICE_TITLES[devices.chosen]}. Why?`}>
          <IconCpu size={15} aria-hidden />
          <span>{DEVICE_TITLES[devices.chosen]}</span>
          {chosen && chosen.name !== DEVICE_TITLES[devices.chosen] && (
            <span className={clsx(styles.name, shared.wideOnly)}>{chosen.name}</span>
          )}
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown className={styles.popover}>
        <Stack gap="sm">
          <Text size="sm">{devices.why}</Text>
          {devices.options.map(({ kind, name, available, note }) => (
            <div key={kind}>
              <Text size="sm" fw={600}>
                {DEVICE_TITLES[kind]}{' '}
                <Badge size="xs" variant="default" ml={4}>
                  {kind === devices.chosen ? 'chosen' : available ? 'available' : 'missing'}
                </Badge>
              </Text>
              <Text size="xs" c="dimmed">
                {available ? `${name}. ${note}` : note}
              </Text>
            </div>
          ))}
          <Suspense>
            <ThisBrowser />
          </Suspense>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

/** Actions on a run: complete code with it, download its weights, export or delete it. */
import { ActionIcon, Menu } from '@mantine/core';
import { IconDots, IconDownload, IconFileZip, IconKeyboard, IconPlayerPlay, IconTrash } from '@tabler/icons-react';
import { Link } from 'wouter';
import { modelTitle } from '#core/models/registry.ts';
import { WEIGHTS_TITLES } from '#core/format.ts';
import { hasWeights, type RunRecord } from '#core/runs/run.ts';
import { attempt } from '../ui/failures.ts';
import { resumeFromCheckpoint } from '../client/resume.ts';
import { useActivity } from '../client/stores.ts';
import { deleteRuns, saveRun, saveWeights } from '../client/runActions.ts';
import { useCompleteSettings } from '../client/completeSettings.ts';

const BROKEN_OFF: readonly RunRecord['state'][] = ['interrupted', 'stopped', 'failed'];
const UNDER_WAY: readonly RunRecord['state'][] = ['training', 'paused', 'waiting'];

export function RunMenu({ run }: { readonly run: RunRecord }) {
  const title = modelTitle(run.model);
  const weights = hasWeights(run);
  const idle = useActivity(({ activity }) => activity.state === 'idle');
  return (
    // its button may be scrolled out of the table's own box while the page settles; the menu stays open all the same
    <Menu position="bottom-end" withArrow hideDetached={false}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`Menu of ${title}`}>
          <IconDots size={16} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {weights && (
          <Menu.Item
            component={Link}
            href="/complete"
            leftSection={<IconKeyboard size={15} aria-hidden />}
            onClick={() => useCompleteSettings.setState({ runId: run.id })}
          >
            Complete code with this model
          </Menu.Item>
        )}
        <Menu.Item
          leftSection={<IconDownload size={15} aria-hidden />}
          disabled={!weights}
          onClick={() => void attempt(() => saveWeights(run.id))}
        >
          {WEIGHTS_TITLES.safetensors}
          {weights || run.hasWeights === false ? '' : ' (after the first epoch)'}
        </Menu.Item>
        {(['safetensors-half', 'tfjs'] as const).map((format) => (
          <Menu.Item
            key={format}
            leftSection={<IconDownload size={15} aria-hidden />}
            disabled={!weights}
            onClick={() => void attempt(() => saveWeights(run.id, format))}
          >
            {WEIGHTS_TITLES[format]}
          </Menu.Item>
        ))}
        {BROKEN_OFF.includes(run.state) && (
          <Menu.Item
            component={Link}
            href="/train"
            leftSection={<IconPlayerPlay size={15} aria-hidden />}
            disabled={!idle}
            onClick={() => void resumeFromCheckpoint(run.id)}
          >
            Resume training
          </Menu.Item>
        )}
        <Menu.Item
          leftSection={<IconFileZip size={15} aria-hidden />}
          disabled={UNDER_WAY.includes(run.state)}
          onClick={() => void attempt(() => saveRun(run.id))}
        >
          Export the run
        </Menu.Item>
        <Menu.Item
          leftSection={<IconTrash size={15} aria-hidden />}
          disabled={UNDER_WAY.includes(run.state)}
          onClick={() => void deleteRuns([run.id])}
        >
          Delete the run
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

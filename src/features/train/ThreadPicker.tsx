/** On how many cores the device cpu computes: all but one by itself, which the page keeps for drawing. */
import { NumberInput } from '@mantine/core';
import { isolation } from '../../lab/isolation.ts';
import { useConnection } from '../../lab/stores.ts';
import { useTrainForm } from './form.ts';
import { coresHere, threadsByDefault } from './threads.ts';

export function ThreadPicker() {
  const devices = useConnection((state) => state.devices);
  const device = useTrainForm((state) => state.device);
  const threads = useTrainForm((state) => state.threads);
  const kind = device === 'auto' ? devices?.chosen : device;
  if (kind !== 'cpu') return null;
  const here = isolation();
  const cores = coresHere();
  const byDefault = threadsByDefault();
  return (
    <NumberInput
      label="Threads"
      description={
        here.isolated
          ? `Of ${cores} here. The page keeps one core for drawing; with all of them training is faster and the page slower. No result depends on it.`
          : here.why
      }
      inputWrapperOrder={['label', 'input', 'error', 'description']}
      size="xs"
      min={1}
      max={here.isolated ? cores : 1}
      clampBehavior="strict"
      allowDecimal={false}
      allowNegative={false}
      disabled={!here.isolated || cores === 1}
      value={here.isolated ? (threads ?? byDefault) : 1}
      onChange={(value) => {
        const next = typeof value === 'number' && value >= 1 ? value : null;
        useTrainForm.setState({ threads: next === byDefault ? null : next });
      }}
    />
  );
}

/** The number of cores that the device cpu uses: by default all but one, which the page keeps for drawing. */
import { formatCounted } from '#core/format.ts';
import { isolation } from '../../client/isolation.ts';
import { useConnection } from '../../client/stores.ts';
import { NumberInput } from '../../ui/numbers/NumberInput.tsx';
import { useTrainForm } from './form.ts';
import { availableCores, threadLimits, threadsByDefault, threadsProblem } from './threads.ts';

export function ThreadPicker() {
  const devices = useConnection((state) => state.devices);
  const device = useTrainForm((state) => state.device);
  const threads = useTrainForm((state) => state.threads);
  const kind = device === 'auto' ? devices?.chosen : device;
  if (kind !== 'cpu') return null;
  const here = isolation();
  const cores = availableCores();
  const byDefault = threadsByDefault();
  return (
    <NumberInput
      label="Threads"
      description={
        here.isolated
          ? `This device has ${formatCounted(cores, 'core')}. By default one is left to draw the page; with all of them, training is faster and the page slower. The results do not depend on it.`
          : here.why
      }
      inputWrapperOrder={['label', 'input', 'error', 'description']}
      size="xs"
      limits={threadLimits()}
      step={1}
      whenEmpty={byDefault}
      disabled={!here.isolated || cores === 1}
      value={here.isolated ? (threads ?? byDefault) : 1}
      error={threadsProblem(threads) ?? undefined}
      onChange={(entry) => useTrainForm.setState({ threads: entry === byDefault ? null : entry })}
    />
  );
}

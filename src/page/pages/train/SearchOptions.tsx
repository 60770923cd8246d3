/** How several values are tried: all combinations or a sample, and with halving or without. */
import { Checkbox, NativeSelect, SimpleGrid } from '@mantine/core';
import { MAX_POINTS, SAMPLE_METHODS } from '#core/experiments/searchSchema.ts';
import { AppliedNumberInput } from '../../ui/numbers/AppliedNumberInput.tsx';
import { useTrainForm, type FormSample } from './form.ts';

const DEFAULT_SAMPLE: FormSample = { method: 'sobol', count: 16, seed: 0 };
const DEFAULT_HALVING = { eta: 3, firstEpochs: 1 };
const WAYS = [
  { value: 'grid', label: 'every combination' },
  { value: 'sobol', label: 'Sobol sample of ranges' },
  { value: 'random', label: 'random sample of ranges' },
];

export function SearchOptions() {
  const { sample, halving } = useTrainForm();
  const change = (one: Partial<FormSample>) => {
    useTrainForm.setState(({ sample: before }) => ({ sample: { ...DEFAULT_SAMPLE, ...before, ...one } }));
  };
  return (
    <>
      <NativeSelect
        label="Values to try"
        description="A sample draws points from ranges such as 0.001-0.1, and trains each with all listed values."
        descriptionProps={{ fz: 11, lh: 1.35 }}
        inputWrapperOrder={['label', 'input', 'description']}
        size="xs"
        data={WAYS}
        value={sample?.method ?? 'grid'}
        onChange={({ currentTarget }) => {
          const method = SAMPLE_METHODS.find((one) => one === currentTarget.value);
          if (method) change({ method });
          else useTrainForm.setState({ sample: undefined });
        }}
      />
      {sample && (
        <SimpleGrid cols={2} spacing="sm">
          <AppliedNumberInput
            label="Points"
            size="xs"
            limits={{ whole: true, min: 1, max: MAX_POINTS }}
            step={1}
            value={sample.count}
            onChange={(count) => change({ count })}
          />
          <AppliedNumberInput
            label="Seed of the sample"
            size="xs"
            limits={{ whole: true, min: 0, max: 0xffff_ffff, ungrouped: true }}
            step={1}
            value={sample.seed}
            onChange={(seed) => change({ seed })}
          />
        </SimpleGrid>
      )}
      <Checkbox
        size="xs"
        label="Successive halving"
        description="All configurations train a few epochs; the best part by validation loss goes on, and so forth. What is dropped can be resumed."
        checked={halving !== undefined}
        onChange={({ currentTarget }) =>
          useTrainForm.setState({ halving: currentTarget.checked ? DEFAULT_HALVING : undefined })
        }
      />
      {halving && (
        <SimpleGrid cols={2} spacing="sm">
          <AppliedNumberInput
            label="One in … goes on"
            size="xs"
            limits={{ whole: true, min: 2, max: 10 }}
            step={1}
            value={halving.eta}
            onChange={(eta) => useTrainForm.setState({ halving: { ...halving, eta } })}
          />
          <AppliedNumberInput
            label="First epochs"
            size="xs"
            limits={{ whole: true, min: 1, max: 1_000 }}
            step={1}
            value={halving.firstEpochs}
            onChange={(firstEpochs) => useTrainForm.setState({ halving: { ...halving, firstEpochs } })}
          />
        </SimpleGrid>
      )}
    </>
  );
}

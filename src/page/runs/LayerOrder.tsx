/** Asks which of two recurrent modules reads the embedding, if neither names nor sizes show it. */
import { Radio, Stack } from '@mantine/core';
import { UntrustedText } from '../ui/UntrustedText.tsx';
import type { ForeignModule } from '#core/formats/foreignLayers.ts';

interface LayerOrderProps {
  readonly modules: readonly [ForeignModule, ForeignModule];
  /** Name of the module that comes first; null until it is chosen. */
  readonly first: string | null;
  readonly onChoose: (first: string) => void;
}

export function LayerOrder({ modules: [one, other], first, onChoose }: LayerOrderProps) {
  return (
    <Radio.Group
      label="Which layer comes first?"
      description="The first layer reads the embedding; the second reads the states of the first. The names and sizes in the file do not show which is which."
      withAsterisk
      value={first}
      onChange={onChoose}
    >
      <Stack gap="xs" mt="xs">
        <Choice first={one} second={other} />
        <Choice first={other} second={one} />
      </Stack>
    </Radio.Group>
  );
}

function Choice({ first, second }: { readonly first: ForeignModule; readonly second: ForeignModule }) {
  return (
    <Radio
      value={first.name}
      label={
        <>
          <b>
            <UntrustedText text={first.name} />
          </b>
          , then{' '}
          <b>
            <UntrustedText text={second.name} />
          </b>
        </>
      }
      description={<UntrustedText text={`${first.name}: ${shapesOf(first)}`} />}
    />
  );
}

/** `weight_ih [40, 10], weight_hh [40, 10], ...`, without what all names begin with. */
function shapesOf({ name, tensors }: ForeignModule): string {
  return tensors
    .map((tensor) => `${tensor.name.slice(tensor.name === name ? 0 : name.length + 1)} [${tensor.shape.join(', ')}]`)
    .join(', ');
}

/** Opens the commands that train the current settings with PyTorch. */
import { Button } from '@mantine/core';
import { IconServer2 } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { lazyImport } from '../../ui/lazyImport.ts';
import type { PytorchSettings } from './PytorchDialog.tsx';

const PytorchDialog = lazy(async () => ({
  default: (await lazyImport(() => import('./PytorchDialog.tsx'))).PytorchDialog,
}));

export function TrainWithPytorch(settings: PytorchSettings) {
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button
        variant="subtle"
        size="compact-sm"
        leftSection={<IconServer2 size={15} aria-hidden />}
        onClick={() => setOpened(true)}
      >
        Train with PyTorch
      </Button>
      {opened && (
        <Suspense>
          <PytorchDialog {...settings} onClose={() => setOpened(false)} />
        </Suspense>
      )}
    </>
  );
}

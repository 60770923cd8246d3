/** Chooses the device: by default the best one; a device that is not available says why. */
import { NativeSelect } from '@mantine/core';
import { DEVICE_CHOICES } from '#core/devices.ts';
import { DEVICE_TITLES } from '#core/format.ts';
import { useConnection } from '../../client/stores.ts';
import { Term } from '../../glossary/Term.tsx';
import { useTrainForm } from './form.ts';
import shared from '../../ui/shared.module.css';

export function DevicePicker() {
  const devices = useConnection((state) => state.devices);
  const failed = useConnection(({ state }) => state === 'failed');
  const device = useTrainForm((state) => state.device);
  const optionOf = (choice: string) => devices?.options.find(({ kind }) => kind === choice);
  const chosen = optionOf(device);
  const note =
    device === 'auto' ? devices?.why : chosen && (chosen.available ? `${chosen.name}. ${chosen.note}` : chosen.note);
  return (
    <NativeSelect
      label={
        <span className={shared.withTerm}>
          Device <Term of="device" />
        </span>
      }
      labelProps={{ component: 'div' }}
      aria-label="Device"
      data={DEVICE_CHOICES.map((value) => {
        if (value === 'auto') return { value, label: devices ? `Auto: ${DEVICE_TITLES[devices.chosen]}` : 'Auto' };
        const missing = devices !== null && optionOf(value)?.available !== true;
        return { value, label: `${DEVICE_TITLES[value]}${missing ? ' (missing)' : ''}`, disabled: missing };
      })}
      value={device}
      onChange={({ currentTarget }) => {
        const known = DEVICE_CHOICES.find((one) => one === currentTarget.value);
        if (known) useTrainForm.setState({ device: known });
      }}
      description={note ?? (failed ? 'Available once the lab is running.' : 'Looking for devices.')}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
    />
  );
}

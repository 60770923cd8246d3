import { beforeAll, describe, expect, it } from 'vitest';
import type { Device } from '#engine/devices/device.ts';
import { sharedDevice } from '#engine/devices/shared.fixture.ts';
import { checkOracleCase } from './oracle.ts';

const facts = import.meta.glob<string>('../../pytorch/oracle/*-{tiny,odd}.json', { query: '?raw', import: 'default' });
const files = import.meta.glob<string>('../../pytorch/oracle/*.safetensors', { query: '?url', import: 'default' });

describe.each(['reference', 'cpu', 'webgpu'] as const)('the engine on %s agrees with PyTorch', (kind) => {
  let device: Device;
  beforeAll(async () => {
    device = await sharedDevice(kind);
  });

  it.each(Object.keys(facts))('%s', async (path) => {
    const before = device.tensors();
    const address = await files[path.replace(/json$/, 'safetensors')]!();
    const tensors = new Uint8Array(await (await fetch(address)).arrayBuffer());
    const result = await checkOracleCase(await facts[path]!(), tensors, device);
    expect(result, JSON.stringify(result)).toMatchObject({ ok: true });
    expect(device.tensors()).toBe(before);
  });
});

it('says which tensor differs when the weights are not the case’s own', async () => {
  const device = await sharedDevice('reference');
  const path = '../../pytorch/oracle/rnn-tiny.json';
  const address = await files['../../pytorch/oracle/rnn-tiny.safetensors']!();
  const tensors = new Uint8Array(await (await fetch(address)).arrayBuffer());
  const wrong = (await facts[path]!()).replace(/"gradient_norm": [0-9.]+/, '"gradient_norm": 1.0');
  const result = await checkOracleCase(wrong, tensors, device);
  expect(result).toMatchObject({ ok: false, worst: { what: 'gradient_norm', limit: 1e-5 } });
});

/** A device: a TensorFlow.js backend that is ready, and the ops that compute on it. One is open at a time. */
import * as tf from '@tensorflow/tfjs';
import type { DeviceChoice, DeviceKind } from '../../../src/core/config.ts';
import { LabError } from '../../../src/core/failure.ts';
import type { DeviceOption, DeviceReport } from '../../protocol.ts';
import type { Ops } from '../ops/contract.ts';
import { chooseTile } from '../ops/mat-mul/webgpu.ts';
import { opsFor, referenceOps } from '../ops/table.ts';
import { canaryValues, requireAgreement } from './canary.ts';
import { describePlain, openPlain } from './plain.ts';
import { describeWebgpu, openWebgpu } from './webgpu.ts';

export interface Device {
  readonly kind: DeviceKind;
  /** The adapter or backend, for people. */
  readonly name: string;
  readonly ops: Ops;
  /** Bytes held in tensors. */
  bytes(): number;
  /** Tensors held; a training step leaves as many as it found. */
  tensors(): number;
  /** Rejects with a `LabError` when the device is lost; never resolves. */
  readonly lost: Promise<never>;
}

/** What this browser can compute with, found by asking, not by its name. */
export async function surveyDevices(): Promise<DeviceReport> {
  const webgpu = await describeWebgpu();
  const plain = describePlain();
  const options: DeviceOption[] = [webgpu.option, plain.cpu, plain.reference];
  if (webgpu.option.available && !webgpu.software) {
    return { chosen: 'webgpu', why: `${webgpu.option.name}: this browser has a GPU.`, options };
  }
  const without = webgpu.option.available ? 'the only WebGPU adapter here is a software one' : webgpu.option.note;
  const lowerFirst = without.charAt(0).toLowerCase() + without.slice(1).replace(/\.$/, '');
  const chosen = plain.cpu.available ? 'cpu' : 'reference';
  const name = chosen === 'cpu' ? plain.cpu.name : plain.reference.name;
  return { chosen, why: `${name}, since ${lowerFirst}.`, options };
}

/**
 * Makes a device ready.
 * @throws LabError `device` with what is missing
 */
export async function openDevice(choice: DeviceChoice): Promise<Device> {
  const report = await surveyDevices();
  const kind = choice === 'auto' ? report.chosen : choice;
  const option = report.options.find((candidate) => candidate.kind === kind);
  if (!option?.available) {
    throw new LabError({
      kind: 'device',
      what: `The device ${kind} cannot be used here. ${option?.note ?? ''}`.trim(),
      remedy: `Choose another device; ${report.chosen} works in this browser.`,
    });
  }
  const { name, lost } = kind === 'webgpu' ? await openTrusted() : { ...(await openPlain(kind)), lost: never() };
  return {
    kind,
    name,
    ops: opsFor(kind),
    bytes: () => tf.memory().numBytes,
    tensors: () => tf.memory().numTensors,
    lost,
  };
}

/** The GPU, once a small training step on it gave what the processor gives; in its fastest tile. */
async function openTrusted(): Promise<{ name: string; lost: Promise<never> }> {
  await openPlain('reference');
  const expected = await canaryValues(referenceOps);
  const { name, lost, queue } = await openWebgpu();
  const check = async () => {
    await chooseTile(name, queue);
    requireAgreement(name, await canaryValues(opsFor('webgpu')), expected);
  };
  await Promise.race([check(), lost]);
  return { name, lost };
}

function never(): Promise<never> {
  return new Promise<never>(() => {});
}

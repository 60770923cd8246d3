/** A device: a TensorFlow.js backend that is ready, and the ops that compute on it. One is open at a time. */
import * as tf from '@tensorflow/tfjs';
import type { DeviceChoice, DeviceKind } from '../../../src/core/config.ts';
import { fail, LabError } from '../../../src/core/failure.ts';
import { formatBytes, formatCounted } from '../../../src/core/format.ts';
import type { MemoryPlan } from '../../../src/core/memoryPlan.ts';
import type { DeviceOption, DeviceReport } from '../../protocol.ts';
import type { Ops } from '../ops/contract.ts';
import { chooseTile } from '../ops/mat-mul/webgpu.ts';
import { opsFor, referenceOps } from '../ops/table.ts';
import { planMemory, type DeviceLimits, type PlanWork } from '../plan.ts';
import type { Arena } from '../webgpu/arena.ts';
import { canaryValues, requireAgreement } from './canary.ts';
import { describePlain, openPlain } from './plain.ts';
import { describeWebgpu, openWebgpu, webgpuLimits } from './webgpu.ts';

export interface Device {
  readonly kind: DeviceKind;
  /** The adapter or backend, for people. */
  readonly name: string;
  readonly ops: Ops;
  /** Whether it computes on its own once work is handed over: then a step may be begun before the last one is done. */
  readonly asynchronous: boolean;
  /** Limits of its memory; null where nothing is reserved. */
  readonly limits: DeviceLimits | null;
  /** The memory plan of training a model. @throws LabError `device` where it cannot fit */
  plan(work: PlanWork): MemoryPlan;
  /**
   * Takes the memory that training a model needs, before its tensors are made; what was taken for another run is given back.
   * @param stored the plan that a run was begun with: its micro-batches are kept, so that its bits are
   * @returns the plan that it has come to: with smaller micro-batches where memory ran out
   * @throws LabError `device` where it cannot fit
   */
  prepare(work: PlanWork, stored?: MemoryPlan): Promise<MemoryPlan>;
  /** Gives that memory back, as soon as the tensors in it are disposed of. */
  release(): void;
  /** Moves tensors to the device at once: by itself it would do so when they are first used. */
  place(tensors: Iterable<tf.Tensor>): void;
  /** Says how large the batch is that is computed next, so that it is given the prepared memory. */
  beginBatch(rows: number, steps: number): void;
  /** Bytes allocated: on webgpu of all buffers, used or waiting for use, elsewhere of the tensors held. */
  allocatedBytes(): number;
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
  return kind === 'webgpu' ? openTrusted() : openProcessor(kind);
}

/** Limits for planning on a device that need not be open. */
export async function deviceLimits(kind: DeviceKind): Promise<DeviceLimits | null> {
  return kind === 'webgpu' ? webgpuLimits() : null;
}

async function openProcessor(kind: 'cpu' | 'reference'): Promise<Device> {
  const { name } = await openPlain(kind);
  const plan = (work: PlanWork) => planMemory(work, null);
  return {
    kind,
    name,
    ops: opsFor(kind),
    asynchronous: false,
    limits: null,
    plan,
    prepare: (work) => Promise.resolve(plan(work)),
    release: () => {},
    place: () => {},
    beginBatch: () => {},
    allocatedBytes: () => tf.memory().numBytes,
    tensors: () => tf.memory().numTensors,
    lost: new Promise<never>(() => {}),
  };
}

/** The GPU, once a small training step on it gave what the processor gives; in its fastest tile. */
async function openTrusted(): Promise<Device> {
  await openPlain('reference');
  const expected = await canaryValues(referenceOps);
  const { name, lost, backend, limits } = await openWebgpu();
  const { arena, queue } = backend;
  const ops = opsFor('webgpu');
  const check = async () => {
    await chooseTile(name, queue);
    requireAgreement(name, await canaryValues(ops), expected);
  };
  await Promise.race([check(), lost]);
  return {
    kind: 'webgpu',
    name,
    ops,
    asynchronous: true,
    limits,
    plan: (work) => planMemory(work, limits),
    prepare: (work, stored) => Promise.race([reserve(arena, work, limits, stored), lost]),
    release: () => arena.release(),
    place: (tensors) => {
      for (const { dataId } of tensors) backend.uploadToGPU(dataId);
    },
    beginBatch: (rows, steps) => arena.beginBatch(rows, steps),
    allocatedBytes: () => arena.numBytesAllocated,
    tensors: () => tf.memory().numTensors,
    lost,
  };
}

/** Halves the micro-batch until the device has room for it: nothing but trying tells how much there is. */
async function reserve(
  arena: Arena,
  work: PlanWork,
  limits: DeviceLimits,
  stored: MemoryPlan | undefined,
): Promise<MemoryPlan> {
  let plan = planMemory(work, limits, stored?.rows);
  let refused: MemoryPlan | null = null;
  while (!(await arena.reserve(plan.buffers))) {
    refused = plan;
    if (plan.rows === 1) {
      fail(
        'device',
        `The device has too little memory free: one row of ${formatCounted(plan.steps, 'step')} takes ${formatBytes(plan.bytes)} in all.`,
        'Close other tabs and programs that use the graphics processor, choose a shorter length or fewer hidden units, or the device cpu.',
      );
    }
    plan = planMemory(work, limits, Math.ceil(plan.rows / 2));
  }
  if (!refused) return plan;
  return {
    ...plan,
    note: `${plan.note ?? ''} The device had no ${formatBytes(refused.bytes)} free for ${formatCounted(refused.rows, 'row')}.`.trim(),
  };
}

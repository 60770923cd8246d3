/** A device: a TensorFlow.js backend that is ready, and the ops that compute on it. One is open at a time. */
import * as tf from '@tensorflow/tfjs-core';
// the core does not register gradients itself; tensors have no chained methods here
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import type { DeviceChoice, DeviceKind } from '#core/devices.ts';
import { fail, LabError } from '#core/failure.ts';
import { formatBytes, formatCounted } from '#core/format.ts';
import type { MemoryPlan } from '#core/models/memoryPlan.ts';
import type { DeviceOption, DeviceReport } from '#core/devices.ts';
import type { Ops } from '../ops/contract.ts';
import { chooseTile, tileKindOf } from '../ops/matMul/webgpu.ts';
import { GpuRuntime } from '../backends/webgpu/runtime.ts';
import { opsFor, referenceOps } from '../ops/table.ts';
import { planMemory, type DeviceLimits, type DeviceMemory, type PlanWork } from '../memory/plan.ts';
import { canaryValues, requireAgreement } from './canary.ts';
import { describeCpu, openCpu, cpuLimits } from './cpu.ts';
import { cpuMemory, gpuMemory } from './memory.ts';
import { describePlain, openPlain } from './plain.ts';
import { describeWebgpu, openWebgpu, webgpuLimits } from './webgpu.ts';

export interface Device {
  readonly kind: DeviceKind;
  /** The adapter or backend, for people. */
  readonly name: string;
  /** What decides the bits of its results, in words: devices with the same text compute the same bits. */
  readonly rounding: string;
  /** Threads of the processor that compute; 0 where it is a GPU that does. */
  readonly threads: number;
  readonly ops: Ops;
  /** Whether it computes on its own once work is handed over: then a step may be begun before the last one is done. */
  readonly asynchronous: boolean;
  /** Limits of its memory; null where nothing is reserved. */
  readonly limits: DeviceLimits | null;
  /** How to stop it within a step; null where what was handed over cannot be stopped. */
  readonly control: DeviceControl | null;
  readonly plan: Planner;
  /**
   * Takes the memory that training a model needs, before its tensors are made; what was taken for another run is given back.
   * @param stored the plan that a run was begun with: its micro-batches are kept, so that its bits are
   * @returns the plan that it has come to: with smaller micro-batches where memory ran out
   * @throws LabError `device` where it cannot fit
   */
  prepare(work: PlanWork, stored?: MemoryPlan): Promise<MemoryPlan>;
  /** Gives that memory back, as soon as the tensors in it are disposed of. */
  release(): void;
  /** Moves tensors to the device at once, instead of when they are first used. */
  upload(tensors: Iterable<tf.Tensor>): void;
  /** Says how large the batch is that is computed next, so that it is given the prepared memory. */
  beginBatch(rows: number, steps: number): void;
  /** Bytes allocated: on webgpu of all buffers, used or waiting for use, elsewhere of the tensors held. */
  allocatedBytes(): number;
  /** Tensors held; a training step leaves as many as it found. */
  tensors(): number;
  /** Rejects with a `LabError` when the device is lost; never resolves. */
  readonly lost: Promise<never>;
}

/** A device that can be stopped at any moment, whatever it has been handed over. */
export interface DeviceControl {
  /** Stops within a step, until `resume`. */
  pause(): void;
  resume(): void;
  /** Skips all operations in the queue, whose results are then undefined. Resolves when that is done. */
  cancel(): Promise<void>;
  /** Operations handed over so far, and of these done: how far it is within a step. */
  readonly given: number;
  readonly done: number;
}

/** What this browser can compute with, found by asking, not by its name. */
export async function surveyDevices(): Promise<DeviceReport> {
  const webgpu = await describeWebgpu();
  const [cpu, reference] = [describeCpu(), describePlain()];
  const options: DeviceOption[] = [webgpu.option, cpu, reference];
  if (webgpu.option.available && !webgpu.software) {
    return { chosen: 'webgpu', why: `${webgpu.option.name}: this browser has a GPU.`, options };
  }
  const without = webgpu.option.available ? 'the only WebGPU adapter here is a software adapter' : webgpu.option.note;
  const lowerFirst = without.charAt(0).toLowerCase() + without.slice(1).replace(/\.$/, '');
  const { kind, name } = cpu.available ? cpu : reference;
  return { chosen: kind, why: `${name}, because ${lowerFirst}.`, options };
}

export interface DeviceOptions {
  /** Threads that compute on the device cpu; all cores where not given. */
  readonly threads?: number | undefined;
  /** Takes a GPU as it is, without the small training step before: for the verifier, which reports what it computes wrongly. */
  readonly untried?: boolean;
}

/**
 * Makes a device ready.
 * @throws LabError `device` with what is missing
 */
export async function openDevice(choice: DeviceChoice, options: DeviceOptions = {}): Promise<Device> {
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
  switch (kind) {
    case 'webgpu':
      return openGpu(options.untried ?? false);
    case 'cpu':
      return openCpuDevice(options.threads ?? navigator.hardwareConcurrency);
    case 'reference':
      return openReference();
    default:
      return kind satisfies never;
  }
}

/** Plans a run's memory. @throws LabError `device` where it cannot fit */
export type Planner = (work: PlanWork) => MemoryPlan;

/** For a device that need not be open. */
export async function plannerFor(kind: DeviceKind): Promise<Planner> {
  switch (kind) {
    case 'webgpu': {
      const limits = await webgpuLimits();
      return (work) => planMemory(work, gpuMemory, limits);
    }
    case 'cpu': {
      const limits = cpuLimits();
      return (work) => planMemory(work, cpuMemory, limits);
    }
    case 'reference':
      return (work) => planMemory(work, gpuMemory, null);
    default:
      return kind satisfies never;
  }
}

async function openReference(): Promise<Device> {
  const { name } = await openPlain();
  const plan = await plannerFor('reference');
  return {
    kind: 'reference',
    name,
    rounding: name,
    threads: 1,
    ops: opsFor('reference'),
    asynchronous: false,
    limits: null,
    control: null,
    plan,
    prepare: (work) => Promise.resolve(plan(work)),
    release: () => {},
    upload: () => {},
    beginBatch: () => {},
    allocatedBytes: () => tf.memory().numBytes,
    tensors: () => tf.memory().numTensors,
    lost: new Promise<never>(() => {}),
  };
}

async function openCpuDevice(threads: number): Promise<Device> {
  const { name, rounding, backend } = await openCpu({ threads });
  const { runtime } = backend;
  const { heap } = runtime;
  const limits = cpuLimits(runtime.maxBytes);
  return {
    kind: 'cpu',
    name,
    rounding,
    threads: Math.max(1, runtime.threads),
    ops: opsFor('cpu'),
    asynchronous: true,
    limits,
    control: runtime,
    plan: (work) => planMemory(work, cpuMemory, limits),
    prepare: (work, stored) => {
      const before = heap.allocatedBytes;
      return Promise.race([
        fitting(work, cpuMemory, limits, stored, (plan) => Promise.resolve(heap.reserve(before + plan.bytes))),
        runtime.lost,
      ]);
    },
    // The memory of a program cannot shrink: it goes with the device.
    release: () => {},
    upload: () => {},
    beginBatch: () => {},
    allocatedBytes: () => heap.allocatedBytes,
    tensors: () => tf.memory().numTensors,
    lost: runtime.lost,
  };
}

/** The GPU in its fastest tile; unless it is to be untried, once a small training step on it gave what the processor gives. */
async function openGpu(untried: boolean): Promise<Device> {
  const expected = untried ? null : await expectedOfCanary();
  const { name, lost, backend, limits } = await openWebgpu();
  const { arena, queue } = backend;
  const ops = opsFor('webgpu');
  const check = async () => {
    await chooseTile(name, queue);
    if (expected) requireAgreement(name, await canaryValues(ops), expected);
  };
  await Promise.race([check(), lost]);
  return {
    kind: 'webgpu',
    name,
    rounding: `${name}, tiles of the kind ${tileKindOf(GpuRuntime.current())}`,
    threads: 0,
    ops,
    asynchronous: true,
    limits,
    control: null,
    plan: (work) => planMemory(work, gpuMemory, limits),
    prepare: (work, stored) => {
      const reserve = (plan: MemoryPlan) => arena.reserve(plan.buffers);
      return Promise.race([fitting(work, gpuMemory, limits, stored, reserve), lost]);
    },
    release: () => arena.release(),
    upload: (tensors) => {
      for (const { dataId } of tensors) backend.uploadToGPU(dataId);
    },
    beginBatch: (rows, steps) => arena.beginBatch(rows, steps),
    allocatedBytes: () => arena.numBytesAllocated,
    tensors: () => tf.memory().numTensors,
    lost,
  };
}

async function expectedOfCanary(): Promise<Float32Array> {
  await openPlain();
  return canaryValues(referenceOps);
}

/** Halves the micro-batch until the device has room for it: only trying shows how much memory there is. */
async function fitting(
  work: PlanWork,
  memory: DeviceMemory,
  limits: DeviceLimits,
  stored: MemoryPlan | undefined,
  reserve: (plan: MemoryPlan) => Promise<boolean>,
): Promise<MemoryPlan> {
  let plan = planMemory(work, memory, limits, stored?.rows);
  let refused: MemoryPlan | null = null;
  while (!(await reserve(plan))) {
    refused = plan;
    if (plan.rows === 1) {
      fail(
        'device',
        `The device has too little free memory: one row of ${formatCounted(plan.steps, 'step')} takes ${formatBytes(plan.bytes)}.`,
        `Close other tabs and programs, or choose a shorter row length or a smaller hidden size${memory.instead === null ? '' : `, or the device ${memory.instead}`}.`,
      );
    }
    plan = planMemory(work, memory, limits, Math.ceil(plan.rows / 2));
  }
  if (!refused) return plan;
  return {
    ...plan,
    note: `${plan.note ?? ''} The device did not have ${formatBytes(refused.bytes)} free for ${formatCounted(refused.rows, 'row')}.`.trim(),
  };
}

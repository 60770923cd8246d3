/**
 * Runs the lab's own WGSL programs on the device of TensorFlow.js's WebGPU backend, over its tensors' buffers.
 *
 * The backend's `runWebGPUProgram` makes a bind group and a uniform buffer a call and has one output; a recurrence of a
 * thousand steps needs neither. Here a list of dispatches is encoded at once: bind groups and pipelines are made once, and
 * what changes from step to step is a dynamic offset into one uniform buffer. Work that the backend has encoded is
 * submitted first, and the queue keeps the order, so stock ops before and after see what they should.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';

/** How a program uses a buffer: `read` alone, or `write` (read and write). */
export type Access = 'read' | 'write';

export interface Program {
  /** For error messages of the device. */
  readonly label: string;
  /** WGSL with an entry `main`; bindings 0, 1, ... as `access`, then the uniforms `u: vec4u` x 3 in group 1. */
  readonly code: string;
  readonly access: readonly Access[];
}

export interface Dispatch {
  readonly program: Program;
  /** Tensors of the bindings, in order. */
  readonly tensors: readonly tf.TensorInfo[];
  /** At most twelve unsigned integers, `u[0].x` to `u[2].w`. */
  readonly uniforms: readonly number[];
  readonly workgroups: readonly [number, number?, number?];
  /** Floating-point operations, about: decides how many dispatches share a submission. */
  readonly operations: number;
}

/** Declares the uniforms; a program's code begins with it. */
export const UNIFORMS = '@group(1) @binding(0) var<uniform> u: array<vec4u, 3>;\n';

const UNIFORM_WORDS = 12;
/** Alignment of dynamic offsets that every device grants. */
const STRIDE_BYTES = 256;
/** Work of a submission: short enough that the system's watchdog, the page's drawing and other work get their turn. */
const SECONDS_A_SUBMISSION = 0.1;
/** What a dispatch costs beside its operations, about: published figures are 24 to 71 microseconds. */
const SECONDS_A_DISPATCH = 30e-6;
/** Operations per second assumed for a software adapter until they are measured (`operationsPerSecond`). */
const SLOW = 4e9;
/** Bind groups kept; a training step needs some sixty. */
const BIND_GROUPS_KEPT = 2048;

const runtimes = new WeakMap<GPUDevice, GpuRuntime>();

/** Limits of buffers and dispatches on a device or adapter. */
export function gpuLimits(limits: GPUSupportedLimits): { readonly bufferBytes: number; readonly workgroups: number } {
  return {
    bufferBytes: Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize),
    workgroups: limits.maxComputeWorkgroupsPerDimension,
  };
}

export class GpuRuntime {
  readonly #backend: WebGPUBackend;
  readonly #pipelines = new Map<string, GPUComputePipeline>();
  readonly #layouts = new Map<string, { readonly group: GPUBindGroupLayout; readonly pipeline: GPUPipelineLayout }>();
  readonly #uniformLayout: GPUBindGroupLayout;
  /** By access and buffers: the same list of buffers comes every step, where they come from an arena. */
  readonly #bindGroups = new Map<string, GPUBindGroup>();
  readonly #bufferIds = new WeakMap<GPUBuffer, number>();
  #buffersSeen = 0;
  #dispatches = 0;
  #uniforms: { readonly buffer: GPUBuffer; readonly group: GPUBindGroup; readonly slots: number } | undefined;

  /** Floating-point operations a second of this adapter, about; decides how much work a submission takes. */
  operationsPerSecond = SLOW;

  /** The runtime of the current backend, which must be WebGPU's; pipelines are kept as long as its device. */
  static current(): GpuRuntime {
    const backend = tf.backend() as WebGPUBackend;
    let runtime = runtimes.get(backend.device);
    if (!runtime) {
      runtime = new GpuRuntime(backend);
      runtimes.set(backend.device, runtime);
    }
    return runtime;
  }

  private constructor(backend: WebGPUBackend) {
    this.#backend = backend;
    this.#uniformLayout = backend.device.createBindGroupLayout({
      entries: [
        {
          binding: 0,
          visibility: GPUShaderStage.COMPUTE,
          buffer: { type: 'uniform', hasDynamicOffset: true, minBindingSize: UNIFORM_WORDS * 4 },
        },
      ],
    });
  }

  /** A tensor whose buffer is on the device and holds anything: programs must write every element. */
  output(shape: readonly number[], dtype: 'float32' | 'int32' = 'float32'): tf.TensorInfo {
    return this.#backend.makeTensorInfo([...shape], dtype);
  }

  get limits(): ReturnType<typeof gpuLimits> {
    return gpuLimits(this.#backend.device.limits);
  }

  /** Dispatches run since the device was opened. */
  get dispatches(): number {
    return this.#dispatches;
  }

  /** Operations of a submission, and the most that one dispatch should have. */
  get operationsASubmission(): number {
    return SECONDS_A_SUBMISSION * this.operationsPerSecond;
  }

  /** Encodes and submits all dispatches, in order. */
  run(dispatches: readonly Dispatch[]): void {
    if (dispatches.length === 0) return;
    const { device } = this.#backend;
    this.#dispatches += dispatches.length;
    const bound = this.#groupsOf(dispatches);
    const most = this.operationsASubmission;
    const overhead = SECONDS_A_DISPATCH * this.operationsPerSecond;
    this.#backend.ensureCommandEncoderReady();
    this.#backend.endComputePassEncoder();
    this.#backend.submitQueue();
    const uniforms = this.#writeUniforms(dispatches);
    let encoder = device.createCommandEncoder();
    let pass = encoder.beginComputePass();
    let operations = 0;
    let current: Program | undefined;
    for (const [index, { program, workgroups, operations: counted }] of dispatches.entries()) {
      const own = counted + overhead;
      if (operations > 0 && operations + own > most) {
        pass.end();
        device.queue.submit([encoder.finish()]);
        encoder = device.createCommandEncoder();
        pass = encoder.beginComputePass();
        operations = 0;
        current = undefined;
      }
      if (program !== current) pass.setPipeline(this.#pipeline(program));
      current = program;
      pass.setBindGroup(0, bound[index]);
      pass.setBindGroup(1, uniforms, [index * STRIDE_BYTES]);
      pass.dispatchWorkgroups(...(workgroups as [number, number?, number?]));
      operations += own;
    }
    pass.end();
    device.queue.submit([encoder.finish()]);
  }

  #groupsOf(dispatches: readonly Dispatch[]): GPUBindGroup[] {
    if (this.#bindGroups.size > BIND_GROUPS_KEPT) this.#bindGroups.clear();
    // The steps of a sequence share one list of tensors, which need not be looked up a thousand times.
    let last: { readonly dispatch: Dispatch; readonly group: GPUBindGroup } | undefined;
    return dispatches.map((dispatch) => {
      if (last?.dispatch.tensors === dispatch.tensors && last.dispatch.program === dispatch.program) return last.group;
      last = { dispatch, group: this.#groupOf(dispatch) };
      return last.group;
    });
  }

  #groupOf({ program, tensors }: Dispatch): GPUBindGroup {
    const buffers = tensors.map((tensor, binding) => this.#buffer(tensor, program.access[binding] === 'write'));
    const key = `${program.access.join()} ${buffers.map((buffer) => this.#idOf(buffer)).join()}`;
    let group = this.#bindGroups.get(key);
    if (!group) {
      group = this.#backend.device.createBindGroup({
        layout: this.#layout(program).group,
        entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })),
      });
      this.#bindGroups.set(key, group);
    }
    return group;
  }

  #idOf(buffer: GPUBuffer): number {
    let id = this.#bufferIds.get(buffer);
    if (id === undefined) {
      id = ++this.#buffersSeen;
      this.#bufferIds.set(buffer, id);
    }
    return id;
  }

  /** A tensor's buffer, moved to the device where it is not; `written` drops a copy of its values on the CPU. */
  #buffer(tensor: tf.TensorInfo, written: boolean): GPUBuffer {
    this.#backend.uploadToGPU(tensor.dataId);
    const data = this.#backend.tensorMap.get(tensor.dataId);
    // Values read back are kept by the backend, and would be given out again after the buffer has changed.
    if (written) data.values = null as never;
    return data.resource as GPUBuffer;
  }

  #layout(program: Program): { readonly group: GPUBindGroupLayout; readonly pipeline: GPUPipelineLayout } {
    const key = program.access.join();
    let layout = this.#layouts.get(key);
    if (!layout) {
      const { device } = this.#backend;
      const group = device.createBindGroupLayout({
        entries: program.access.map((access, binding) => ({
          binding,
          visibility: GPUShaderStage.COMPUTE,
          buffer: { type: access === 'read' ? 'read-only-storage' : 'storage' },
        })),
      });
      const pipeline = device.createPipelineLayout({ bindGroupLayouts: [group, this.#uniformLayout] });
      layout = { group, pipeline };
      this.#layouts.set(key, layout);
    }
    return layout;
  }

  #pipeline(program: Program): GPUComputePipeline {
    let pipeline = this.#pipelines.get(program.code);
    if (!pipeline) {
      const { device } = this.#backend;
      const module = device.createShaderModule({ label: program.label, code: program.code });
      pipeline = device.createComputePipeline({
        label: program.label,
        layout: this.#layout(program).pipeline,
        compute: { module, entryPoint: 'main' },
      });
      this.#pipelines.set(program.code, pipeline);
    }
    return pipeline;
  }

  /** Writing is ordered with submissions on the queue, so one buffer serves all runs. */
  #writeUniforms(dispatches: readonly Dispatch[]): GPUBindGroup {
    const { device } = this.#backend;
    if (!this.#uniforms || this.#uniforms.slots < dispatches.length) {
      const slots = 2 ** Math.ceil(Math.log2(Math.max(64, dispatches.length)));
      this.#uniforms?.buffer.destroy();
      const buffer = device.createBuffer({
        size: slots * STRIDE_BYTES,
        usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
      });
      const resource = { buffer, size: UNIFORM_WORDS * 4 };
      const group = device.createBindGroup({ layout: this.#uniformLayout, entries: [{ binding: 0, resource }] });
      this.#uniforms = { buffer, group, slots };
    }
    const words = new Uint32Array((dispatches.length * STRIDE_BYTES) / 4);
    for (const [index, { uniforms }] of dispatches.entries()) words.set(uniforms, (index * STRIDE_BYTES) / 4);
    device.queue.writeBuffer(this.#uniforms.buffer, 0, words);
    return this.#uniforms.group;
  }
}

/** Gives back the buffers of outputs that do not become tensors. */
export function disposeData(...infos: readonly tf.TensorInfo[]): void {
  for (const { dataId } of infos) tf.backend().disposeData(dataId);
}

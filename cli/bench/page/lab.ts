/** Training steps of the lab's own engine, set up as the trainer does, on batches that the benchmark generates. */
import type { TrainingConfig } from '#core/settings/config.ts';
import type { ModelSpec } from '#core/models/spec.ts';
import type { MemoryPlan } from '#core/models/memoryPlan.ts';
import type { Batch } from '#core/data/batches/batch.ts';
import { initialWeights, type Weights } from '#core/models/weights.ts';
import type { Device } from '#engine/devices/device.ts';
import { CompletionModel } from '#engine/models/completionModel.ts';
import { Optimiser } from '#engine/models/optimiser.ts';
import { TrainingStep } from '#training/step.ts';

export class LabTraining {
  readonly plan: MemoryPlan;
  readonly #device: Device;
  readonly #model: CompletionModel;
  readonly #step: TrainingStep;

  /** Creates a model from the configuration's seed, with the memory that its largest batch needs. */
  static async begin(device: Device, spec: ModelSpec, config: TrainingConfig): Promise<LabTraining> {
    return new LabTraining(device, spec, config, await device.prepare({ spec, ...config }));
  }

  private constructor(device: Device, spec: ModelSpec, config: TrainingConfig, plan: MemoryPlan) {
    const { dropout, seed } = config;
    this.plan = plan;
    this.#device = device;
    this.#model = new CompletionModel(spec, initialWeights(spec, seed), device.ops);
    const optimiser = new Optimiser(this.#model, device.ops, config);
    this.#step = new TrainingStep({ device, model: this.#model, optimiser, plan, dropout, seed });
  }

  /** Runs one step, and waits until its work on the device has ended. @returns its loss */
  async step(batch: Batch): Promise<number> {
    const { loss } = await Promise.race([this.#step.run(batch), this.#device.lost]);
    return loss;
  }

  weights(): Promise<Weights> {
    return this.#model.weights();
  }
}

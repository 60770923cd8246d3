/**
 * Earlier results on this machine, in one file per device. A build must always give the same bits with the same browser and processor.
 * Results of other builds, browsers or processors are ignored.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { MODEL_NAMES, type ModelName } from '#core/models/registry.ts';
import type { DeviceKind } from '#core/devices.ts';
import { modelBitsSchema, type ModelBits } from '#core/regression/figures.ts';
import { ROOT } from '../lib/paths.ts';

const FOLDER = join(ROOT, 'node_modules', '.cache', 'regress');

const bitsSchema = z.object({ key: z.string(), models: z.partialRecord(z.enum(MODEL_NAMES), modelBitsSchema) });

export class BitsOfDevice {
  readonly #path: string;
  readonly #key: string;
  readonly #models: Partial<Record<ModelName, ModelBits>>;

  /**
   * @param fingerprint identifies build, browser and processor
   * @param name the device's name for itself
   * @param folder where results are stored
   */
  static async open(device: DeviceKind, fingerprint: string, name: string, folder = FOLDER): Promise<BitsOfDevice> {
    const path = join(folder, `${device}.json`);
    const key = createHash('sha256').update(`${fingerprint}\n${name}`).digest('hex');
    const parsed = bitsSchema.safeParse(await readJson(path));
    return new BitsOfDevice(path, key, parsed.success && parsed.data.key === key ? parsed.data.models : {});
  }

  private constructor(path: string, key: string, models: Partial<Record<ModelName, ModelBits>>) {
    this.#path = path;
    this.#key = key;
    this.#models = models;
  }

  /** The stored bits of a model; null if there are none. */
  of(model: ModelName): ModelBits | null {
    return this.#models[model] ?? null;
  }

  /** Stores the bits of a model, unless some are stored already. */
  async keep(model: ModelName, bits: ModelBits): Promise<void> {
    if (this.#models[model]) return;
    this.#models[model] = bits;
    await mkdir(dirname(this.#path), { recursive: true });
    await writeFile(this.#path, `${JSON.stringify({ key: this.#key, models: this.#models })}\n`);
  }
}

/** Null if the file is missing or damaged. */
async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return null;
  }
}

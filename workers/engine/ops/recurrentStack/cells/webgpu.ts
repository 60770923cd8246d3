/** The WGSL of every cell. */
import type { Cell } from '#core/models/registry.ts';
import { gru } from './gru/webgpu.ts';
import { lstm } from './lstm/webgpu.ts';
import { rnn } from './rnn/webgpu.ts';
import type { CellPrograms } from './steps.ts';

export const CELL_PROGRAMS: Readonly<Record<Cell, CellPrograms>> = { rnn, lstm, gru };

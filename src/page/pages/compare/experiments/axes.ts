/** What configurations differ in, as axes of charts, and where each configuration lies on them. */
import { dimensionText, dimensionTitle, type Configuration, type Dimension } from '#core/experiments/table.ts';
import { ascending } from '#core/order.ts';
import { settingOf } from '#core/settings/registry.ts';
import { formatSetting } from '#core/settings/words.ts';
import type { ValueAxis } from '../../../charts/valueAxis.ts';

export interface DimensionAxis {
  readonly dimension: Dimension;
  readonly axis: ValueAxis;
  /** NaN where the setting changes nothing for the configuration. */
  readonly valueOf: (configuration: Configuration) => number;
}

/** The axis of a number is logarithmic where its setting says so and all values are above zero. */
export function dimensionAxis(dimension: Dimension, configurations: readonly Configuration[]): DimensionAxis {
  const numbers = configurations.map((one) => numberOf(one, dimension));
  if (dimension === 'model' || dimension === 'dataset' || numbers.some((value) => value === null)) {
    return namedAxis(dimension, configurations);
  }
  const setting = settingOf(dimension);
  const isLog = setting.kind === 'number' && setting.scale === 'log' && numbers.every((value) => !(value! <= 0));
  const axis: ValueAxis = {
    name: dimensionTitle(dimension),
    scale: isLog ? 'log' : 'linear',
    names: [],
    format: (value) => formatSetting(dimension, value),
  };
  return { dimension, axis, valueOf: (one) => numberOf(one, dimension) ?? Number.NaN };
}

/** Every value at a place of its own, evenly spaced: for settings without an order, and for the cells of a heat map. */
export function namedAxis(dimension: Dimension, configurations: readonly Configuration[]): DimensionAxis {
  const byName = new Map(
    configurations.flatMap((one): readonly (readonly [string, number])[] => {
      const text = dimensionText(one, dimension);
      return text === null ? [] : [[text, numberOf(one, dimension) ?? Infinity]];
    }),
  );
  const names = [...byName].toSorted(([, a], [, b]) => ascending(a, b)).map(([name]) => name);
  const axis: ValueAxis = { name: dimensionTitle(dimension), scale: 'names', names, format: String };
  const valueOf = (one: Configuration) => {
    const text = dimensionText(one, dimension);
    return text === null ? Number.NaN : names.indexOf(text);
  };
  return { dimension, axis, valueOf };
}

/** NaN where the setting changes nothing; null for what is no number, such as a choice, or all training files. */
function numberOf(configuration: Configuration, dimension: Dimension): number | null {
  if (dimension === 'model' || dimension === 'dataset') return null;
  if (dimensionText(configuration, dimension) === null) return Number.NaN;
  const value = configuration.runs[0]!.config[dimension];
  return typeof value === 'number' ? value : null;
}

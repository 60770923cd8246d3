/** `task`: the sizes of the task. `quick`: curves within minutes, without a GPU. `tiny`: for tests. */
export const PRESETS = ['task', 'quick', 'tiny'] as const;
export type Preset = (typeof PRESETS)[number];

/** Whether n-gram baselines are measured. `tiny` trains too few steps to beat them, so the comparison would mislead. */
export const MEASURES_BASELINES: Readonly<Record<Preset, boolean>> = { task: true, quick: true, tiny: false };

/** The page's default, which links leave out. A first visit should show curves within minutes on any machine. */
export const LINK_PRESET: Preset = 'quick';

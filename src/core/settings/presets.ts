/** `task` has the sizes of the task; `quick` shows curves in minutes without a GPU; `tiny` is for tests. */
export const PRESETS = ['task', 'quick', 'tiny'] as const;
export type Preset = (typeof PRESETS)[number];

/** Whether n-gram baselines are measured. The few steps of `tiny` cannot pass them, which would teach that counting is better than a model. */
export const MEASURES_BASELINES: Readonly<Record<Preset, boolean>> = { task: true, quick: true, tiny: false };

/** The page's own, which links leave out: the first visit should see curves within minutes, on any machine. */
export const LINK_PRESET: Preset = 'quick';

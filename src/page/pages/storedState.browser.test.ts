/**
 * State that earlier builds stored in localStorage is read, byte for byte, and this build writes it in the same way, except for what is
 * new.
 */
import { afterAll, expect, it } from 'vitest';
import { useNotices } from '../ui/notices.ts';

const CHARTS =
  '{"x":"step","smoothing":0.5,"lossScale":"log","perplexityScale":"linear","train":false,"yardsticks":false,"pooled":true}';
const SELECTION = '{"picked":["2026-11-01-a","2026-11-01-b"],"baseline":"2026-11-01-a"}';
/** The same with the experiment that came since. */
const SELECTION_NOW = '{"picked":["2026-11-01-a","2026-11-01-b"],"baseline":"2026-11-01-a","experiment":null}';
const DISCUSSIONS = '[{"subject":"a b","text":"GRU wins."},{"subject":"a","text":"One run."}]';
const COMPLETE =
  '{"runId":"a","secondId":null,"decoding":{"method":"beam","temperature":1.5,"topK":5,"beams":2,"seed":7,"lines":3},"pointer":true,"colouring":"unit","layer":2,"unit":12,"text":"import os\\n"}';

/** The same with the settings that came since; the pointer to names of the text has become a part of the cache. */
const COMPLETE_NOW =
  '{"runId":"a","secondId":null,"decoding":{"method":"beam","temperature":1.5,"topK":5,"beams":2,"seed":7,"lines":3},"cache":true,"surpriseWithCache":false,"colouring":"unit","layer":2,"unit":12,"text":"import os\\n"}';

const TEXTS = {
  'minicopilot.charts': CHARTS,
  'minicopilot.compare': SELECTION,
  'minicopilot.discussions': DISCUSSIONS,
  'minicopilot.complete': COMPLETE,
};

afterAll(() => localStorage.clear());

it('is read, and written the same', async () => {
  localStorage.clear();
  // of other tests, which run in the same page
  useNotices.setState({ shown: [] });
  for (const [key, text] of Object.entries(TEXTS)) localStorage.setItem(key, text);
  // a store reads when its module is loaded
  const { useChartView } = await import('../charts/view.ts');
  const { useSelection } = await import('../client/selection.ts');
  const { useDiscussions } = await import('./compare/useDiscussion.ts');
  const { useCompleteSettings } = await import('../client/completeSettings.ts');
  expect(useChartView.getState()).toEqual(JSON.parse(CHARTS));
  expect(useSelection.getState()).toEqual(JSON.parse(SELECTION_NOW));
  expect(useDiscussions.getState()).toEqual({ discussions: JSON.parse(DISCUSSIONS) });
  expect(useCompleteSettings.getState()).toEqual(JSON.parse(COMPLETE_NOW));
  expect(useNotices.getState().shown).toEqual([]);

  localStorage.clear();
  useChartView.setState({ smoothing: 0.5 });
  useSelection.setState({ baseline: '2026-11-01-a' });
  useDiscussions.setState(({ discussions }) => ({ discussions: [...discussions] }));
  useCompleteSettings.setState({ unit: 12 });
  window.dispatchEvent(new Event('pagehide'));
  const written = { ...TEXTS, 'minicopilot.compare': SELECTION_NOW, 'minicopilot.complete': COMPLETE_NOW };
  for (const [key, text] of Object.entries(written)) expect(localStorage.getItem(key), key).toBe(text);
});

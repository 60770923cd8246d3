import { expectAccessibleInBothThemes } from './accessible.ts';
import { openLab, trainBriefly, type PageName } from './lab.ts';
import { test } from './test.ts';

const PAGES: readonly PageName[] = ['data', 'train', 'compare', 'complete'];

test('no page has a serious accessibility fault, empty or with a run, light or dark', async ({ page }) => {
  const check = async (when: string) => {
    for (const name of PAGES) {
      await openLab(page, name);
      await expectAccessibleInBothThemes(page, `${name}, ${when}`);
    }
  };
  await check('empty');
  await openLab(page);
  await trainBriefly(page);
  await check('with a run');
});

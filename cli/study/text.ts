/** `npm run study:text`: measures the text of the study's data sets (textFacts.ts), and writes the facts to docs/results. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { formatCount, formatPercent } from '#core/format.ts';
import { readArguments, runCommand } from '../lib/command.ts';
import { ensureDefaultDataset } from '../data/defaultDataset.ts';
import { DATASETS } from '../lib/paths.ts';
import { LARGE_DATASET, STUDIED, usedFiles } from './plan.ts';
import { measureText, OVERLAP_TOKENS } from './textFacts.ts';

const HELP = `Usage: npm run study:text

Counts, for each data set of the study: vocabulary tokens in no training row, test targets that no model can have learned, test
files that are copies of training rows, and for each test file the share of its sequences of ${OVERLAP_TOKENS} tokens that are in the
training rows. Writes docs/results/<data set>/text.json for npm run study:report.

${LARGE_DATASET} is made by npm run study:corpus. If it is missing, the command counts only the other one and says so.`;

await runCommand(async () => {
  const { values } = readArguments({ options: { help: { type: 'boolean' } } });
  if (values.help === true) {
    console.log(HELP);
    return;
  }
  await ensureDefaultDataset();
  for (const dataset of STUDIED) {
    if (!existsSync(join(DATASETS, dataset))) {
      console.log(`${dataset}: not prepared, so left as it is. npm run study:corpus makes it.`);
      continue;
    }
    const { vocabulary, test } = await measureText(dataset, usedFiles(dataset));
    console.log(
      `${dataset}: ${formatCount(vocabulary.untrained)} of ${formatCount(vocabulary.tokens)} vocabulary tokens in no training row; ` +
        `${formatPercent(test.untrained / test.targets)} of the test targets; ${test.copies} of ${test.files} test files copy a training row.`,
    );
  }
});

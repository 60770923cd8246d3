/** Prepares a data set in a separate process, so that its peak memory can be measured. Arguments: SOURCE OUT. Prints one JSON line. */
import { prepareDataset } from '../data/prepare.ts';

const [source = '', out = ''] = process.argv.slice(2);
const started = performance.now();
const { manifest } = await prepareDataset({ source, out, force: true });
const milliseconds = performance.now() - started;
const { files, tokens } = manifest.counts;
console.log(JSON.stringify({ milliseconds, files, tokens, peakBytes: process.resourceUsage().maxRSS * 1024 }));

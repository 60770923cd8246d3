/**
 * `npm start`: prepares the default data set if it is missing, builds the lab if it changed, serves it, and prints the
 * address. Stops on Ctrl-C.
 */
import { once } from 'node:events';
import { readArguments, runCommand, wholeNumber } from '../lib/command.ts';
import { ensureDefaultDataset } from '../data/defaultDataset.ts';
import { PACKAGED } from '../lib/paths.ts';
import { buildSite, serveSite } from '../lib/site.ts';

const DEFAULT_PORT = 4173;

const HELP = `Usage: ${PACKAGED ? 'npx minicopilot-lab' : 'npm start --'} [--port N] [--host HOST]

${PACKAGED ? 'Serves the lab.' : 'Prepares the default data set, builds the lab, and serves it.'}

  --port N     port to serve on (${DEFAULT_PORT}, or the next free one)
  --host HOST  address to listen on (localhost; 0.0.0.0 makes it reachable from the network)
  --help       this text`;

await runCommand(async () => {
  const { values } = readArguments({
    options: { port: { type: 'string' }, host: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.help === true) {
    console.log(HELP);
    return;
  }
  const port = values.port === undefined ? DEFAULT_PORT : wholeNumber(values.port, 'port', 0, 65_535);
  await ensureDefaultDataset();
  if (!PACKAGED) console.log('Building the lab where it changed ...');
  const built = await buildSite();
  const site = await serveSite(built, {
    port,
    strictPort: values.port !== undefined,
    ...(values.host === undefined ? {} : { host: values.host }),
  });
  console.log(`\nMinicopilot Lab is at ${site.address}`);
  for (const address of site.network) console.log(`               and at ${address}`);
  console.log('Press Ctrl-C to stop.');
  await once(process, 'SIGINT');
  console.log('\nStopping.');
  await site.close();
});

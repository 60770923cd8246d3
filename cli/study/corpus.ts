/**
 * `npm run study:corpus`: makes the larger data set of the study from the Python files of Debian 12 packages. The packages and their
 * versions are listed below; the files themselves are not in the repository.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, messageOf } from '#core/failure.ts';
import { formatCounted } from '#core/format.ts';
import { readArguments, runCommand } from '../lib/command.ts';
import { prepareDataset } from '../data/prepare.ts';
import { datasetSummary } from '../data/summary.ts';
import { ROOT } from '../lib/paths.ts';
import { LARGE_DATASET } from './plan.ts';

/** Name, version, and SHA-256 of the .deb. The versions are those of the first release of Debian 12, and no later update replaces them. */
const PACKAGES = [
  ['python3-networkx', '2.8.8-1', '69888603d1b54696f5c3d02d05527628d2d18661d845109a62fe24aff241aa7b'],
  ['python3-nltk', '3.8-1', '8b27ee6cdac2aadc54c1322cbcf7f4c0d0a591ef4d25eab8b17f84374a927ac7'],
  ['python3-pygments', '2.14.0+dfsg-1', '405734a57b8d2722d10413c511d9b63ee78bbbdab8b2b689d7295260bc9618a2'],
  ['python3-ipython', '8.5.0-4', 'bc903252f17007f9558ab4d463794cd7d7b4e6ec418a2ce5ca9d52fe0c672f2f'],
  ['python3-sqlalchemy', '1.4.46+ds1-1', '141f3ed680b5de944c82aff900b1aeb4909a5d17ee0ddd3d697e250b5f765468'],
  ['python3-dask', '2022.12.1+dfsg-2', 'c9dca2197ad8b396b4464b6788a503c788d70953ef4be295f361040f20de487d'],
  ['python3-sphinx', '5.3.0-4', '926b09b1cb4ce93a11dc7dd83e00df770496bd308e47833e553761f854290953'],
  ['python3-scrapy', '2.8.0-2', '25dc7f645681f460bd8a0630729a09476b2f3cf65f153ce20011af72ad9530fc'],
  ['python3-celery', '5.2.6-5', '511b43f8d3fb8ddda852e87f74eb122cfc958bd0d5ede7b8165b00ef60ebdecc'],
  ['python3-xarray', '2023.01.0-1.1', 'b45c0efdd36c1ab784df97509735574cc543566c66ac76e31c49f11219efd3aa'],
  ['python3-docutils', '0.19+dfsg-6', 'ada9a80195375262c50dc0acf21a00a51166fee3fc96f6ca6d20a1a27868ba2c'],
  ['python3-rich', '13.3.1-1', '4922761342dd42eb989dcc148e7a251401caf0266796f9fb0907be262d4a4083'],
  ['python3-jedi', '0.18.2-1', '234681a0d9eed78ca14793631f6fb301e86030a7c5942e09870126f18852fad6'],
  ['python3-pytest', '7.2.1-2', 'bc5df67eb9ea18beddd95eaaa1ffc7bfffc1716d3071e6f405bd22f6a0411416'],
  ['python3-docker', '5.0.3-1', '1870464a9429f2fd3b4edc47c0292de7b39872675e9865363d01f43ff7d72c0c'],
  ['python3-nbconvert', '6.5.3-3', 'dc8d7c63980cb700c36738c98a9b869903d8e33eb1b9b9f29e60d391ca0f2a59'],
  ['python3-paramiko', '2.12.0-2', '4fdca80fc2e93c58f707146ae2186ad0ed185c6002ff7df1667c50acc3fc5044'],
  ['python3-boto3', '1.26.27+dfsg-1', '7c302a18c02b2a254cef67ef6e5157af407fe9e5fb6ea08ac966cfb2d6a38e03'],
  ['python3-flask', '2.2.2-3', '2c8c9a408c2373d8b42f0d3434f17fc1a710bc81e52273b96597b25c57b399d7'],
  ['python3-mako', '1.2.4+ds-1', '00b313e4a545b15d5c931210b664f3410daf7c47f2f9b6c1d44619565a412b7a'],
  ['python3-requests', '2.28.1+dfsg-1', 'c75b5c05d8d4a813bd83c3d432ffe65a2ca13e771bc91d4b9787690097598603'],
  ['python3-click', '8.1.3-2', 'c3af7e231d711f7fdb9a2fac4954061fe423ea517279bc30bf95a0920738279b'],
] as const;

const FOLDER = join(ROOT, 'out', 'study', LARGE_DATASET);

const HELP = `Usage: npm run study:corpus

Downloads ${PACKAGES.length} packages of Debian 12 with apt-get, and prepares the data set ${LARGE_DATASET} from their Python files. Needs Debian 12.`;

await runCommand(async () => {
  const { values } = readArguments({ options: { help: { type: 'boolean' } } });
  if (values.help === true) {
    console.log(HELP);
    return;
  }
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(FOLDER, { recursive: true });
  console.log(`Fetching ${formatCounted(PACKAGES.length, 'package')} ...`);
  for (const [name, version, sha256] of PACKAGES) {
    const archive = await fetchPackage(name, version);
    const found = createHash('sha256')
      .update(await readFile(archive))
      .digest('hex');
    if (found !== sha256) {
      fail('bad-input', `${name} ${version} has the SHA-256 ${found}, not ${sha256}.`, 'Fetch it from Debian itself.');
    }
    run('dpkg-deb', ['-x', archive, join(FOLDER, name)]);
    await rm(archive);
  }
  const { manifest, folder } = await prepareDataset({ source: `dir:${FOLDER}`, id: LARGE_DATASET });
  console.log(datasetSummary(manifest, folder));
});

/** @returns the .deb */
async function fetchPackage(name: string, version: string): Promise<string> {
  run('apt-get', ['download', '-qq', `${name}=${version}`]);
  const archive = (await readdir(FOLDER)).find((file) => file.endsWith('.deb'));
  return archive === undefined
    ? fail('not-found', `apt-get did not download ${name}.`, 'Try it by hand.')
    : join(FOLDER, archive);
}

function run(command: string, words: readonly string[]): void {
  try {
    execFileSync(command, words, { cwd: FOLDER, stdio: ['ignore', 'ignore', 'pipe'] });
  } catch (cause) {
    fail(
      'not-found',
      `${command} ${words.join(' ')} failed: ${messageOf(cause)}`,
      'It needs Debian 12, and apt-get update before it.',
      cause,
    );
  }
}

/** `npm run lex:check`: compares the lexer with CPython's tokenizer on folders of .py files, and its codecs with CPython's. */
import { stat } from 'node:fs/promises';
import { formatCount, formatCounted } from '#core/format.ts';
import { DEFAULT_READING, READINGS, type SourceReading } from '#core/python/lexer/reading.ts';
import { CommandError, oneOf, readArguments, runCommand } from '../lib/command.ts';
import { checkArguments } from '../data/arguments.ts';
import { type CodecQuestion, compareCodecs } from '../data/codecCheck.ts';
import { endWithPipe, isEntry } from '../data/entry.ts';
import { compareWithPython } from '../data/lexCheck.ts';
import { findPython, NO_PYTHON, type Python } from '../data/python.ts';

/** Number of random texts for each codec, in addition to every code. */
const RANDOM_TEXTS = 2_000;

const HELP = `Usage: npm run --silent lex:check -- DIR... [--reading NAME] [--python PATH]
       npm run --silent lex:check -- --codecs [--seed N] [--python PATH]

Lexes every .py file in each DIR, and compares the tokens with those of CPython's tokenizer and CodeXGLUE's rules
(pytorch/oracle/make_lexer_oracle.py). With --codecs, compares how the lexer and CPython decode every code of every
encoding that a Python file can declare, and ${formatCount(RANDOM_TEXTS)} random texts in each (pytorch/oracle/make_codec_oracle.py).
Prints counts and the first difference. Exit code 1 if anything differs, 2 if no suitable Python is found.

  --reading NAME  how bytes become text (${DEFAULT_READING}):
                    text       like "python3 FILE": the declared encoding, universal newlines
                    utf8-text  like CodeXGLUE's preprocess.py: UTF-8, universal newlines, then like tokenize
                    bytes      like tokenize on bytes: the declared encoding; a lone carriage return does not end a line
  --codecs        compare encodings instead of files; takes about a minute
  --seed N        seed for the random texts (1)
  --python PATH   a Python 3.8 to 3.11; exactly 3.11 for --codecs (the first found of python3.11, python3.10, python3.9,
                  python3.8, python3)
  --help          this text`;

async function main(args: string[]): Promise<void> {
  const { values, positionals } = checkArguments(() =>
    readArguments({
      args,
      allowPositionals: true,
      options: {
        reading: { type: 'string', default: DEFAULT_READING },
        codecs: { type: 'boolean', default: false },
        seed: { type: 'string', default: '1' },
        python: { type: 'string' },
        help: { type: 'boolean' },
      },
    }),
  );
  if (values.help === true) {
    console.log(HELP);
    return;
  }
  const reading = checkArguments(() => oneOf(values.reading, 'reading', READINGS));
  const seed = Number(values.seed);
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new CommandError(2, `--seed ${values.seed} is not a whole number.`, '');
  if (values.codecs && positionals.length > 0) {
    throw new CommandError(2, `--codecs takes no folder, such as ${positionals[0]}.`, 'Run the two checks separately.');
  }
  if (!values.codecs) await requireFolders(positionals);
  const python = await findPython(values.python);
  if (python === null) throw new CommandError(2, NO_PYTHON, '');
  await (values.codecs ? checkCodecs(python, seed) : checkFiles(positionals, python, reading));
}

async function requireFolders(paths: readonly string[]): Promise<void> {
  if (paths.length === 0) throw new CommandError(2, 'There is no folder to check.', 'Name one or more.');
  for (const path of paths) {
    const found = await stat(path).catch(() => null);
    if (!found?.isDirectory()) throw new CommandError(2, `There is no folder ${path}.`, 'Check the path.');
  }
}

async function checkFiles(folders: readonly string[], python: Python, reading: SourceReading): Promise<void> {
  const compared = await compareWithPython(folders, python, reading, (files) => {
    if (files % 100 === 0) showLive(`${formatCounted(files, 'file')} compared`);
  });
  showLive('');
  const { files, tokens, without, differing, first } = compared;
  if (files === 0) throw new CommandError(2, 'There is no .py file to compare.', 'Name a folder with some.');
  console.log(
    `${formatCounted(files, 'file')} compared with ${python.version}: ${formatCount(files - differing)} agree, ${formatCount(differing)} differ; ${formatCount(tokens)} tokens, ${formatCounted(without, 'file')} without any.`,
  );
  if (first) {
    const where = first.index === null ? first.path : `${first.path}, token ${first.index}`;
    console.log(`First difference: ${where}\n  lab     ${first.lab}\n  python  ${first.python}`);
    process.exitCode = 1;
  }
}

async function checkCodecs(python: Python, seed: number): Promise<void> {
  if (!python.version.startsWith('CPython 3.11.')) {
    throw new CommandError(
      2,
      `${python.path} is ${python.version}: codecs differ between versions.`,
      'Use a Python 3.11.',
    );
  }
  const questions: [string, CodecQuestion][] = [
    ['codes', { kind: 'codes' }],
    ['random texts', { kind: 'random', seed, count: RANDOM_TEXTS }],
  ];
  for (const [what, question] of questions) {
    const { codecs, codes, differing, first } = await compareCodecs(python, question, showLive);
    showLive('');
    console.log(
      `${formatCount(codes)} ${what} of ${formatCounted(codecs, 'codec')} compared with ${python.version}: ${formatCount(codes - differing)} agree, ${formatCount(differing)} differ.`,
    );
    if (!first) continue;
    const shown = (text: string | null) => (text === null ? 'refused' : JSON.stringify(text));
    console.log(
      `First difference: ${first.code} in ${first.codec}\n  lab     ${shown(first.lab)}\n  python  ${shown(first.python)}`,
    );
    process.exitCode = 1;
  }
}

/** Shows progress on a terminal, replacing the previous line. */
function showLive(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

if (isEntry(import.meta.url)) {
  endWithPipe();
  await runCommand(() => main(process.argv.slice(2)));
}

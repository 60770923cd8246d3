/** `npm run lex:check`: holds the lexer against CPython's tokenizer on every .py file of a folder. */
import { stat } from 'node:fs/promises';
import { formatCount, formatCounted } from '../src/core/format.ts';
import { CommandError, readArguments, runCommand } from './command.ts';
import { checkArguments } from './data/arguments.ts';
import { endWithPipe, isEntry } from './data/entry.ts';
import { compareWithPython } from './data/lexCheck.ts';
import { findPython, NO_PYTHON } from './data/python.ts';

const HELP = `Usage: npm run --silent lex:check -- DIR... [--python PATH]

Lexes every .py file under each DIR, and compares the tokens with those that CPython's tokenizer and CodeXGLUE's rules give
(pytorch/oracle/make_lexer_oracle.py). Prints counts and the first difference. Exit code 1 if any file differs, 2 if there
is nothing to compare with.

  --python PATH  a Python 3.8 to 3.11 (the first found of python3.11, python3.10, python3.9, python3.8, python3)
  --help         this text`;

async function main(args: string[]): Promise<void> {
  const { values, positionals } = checkArguments(() =>
    readArguments({ args, allowPositionals: true, options: { python: { type: 'string' }, help: { type: 'boolean' } } }),
  );
  if (values.help === true) {
    console.log(HELP);
    return;
  }
  if (positionals.length === 0) throw new CommandError(2, 'There is no folder to check.', 'Name one or more.');
  for (const path of positionals) {
    const found = await stat(path).catch(() => null);
    if (!found?.isDirectory()) throw new CommandError(2, `There is no folder ${path}.`, 'Check the path.');
  }
  const python = await findPython(values.python);
  if (python === null) throw new CommandError(2, NO_PYTHON, '');
  const live = process.stderr.isTTY;
  const compared = await compareWithPython(positionals, python, (files) => {
    if (live && files % 100 === 0) process.stderr.write(`\r${formatCounted(files, 'file')} compared`);
  });
  if (live) process.stderr.write('\r\x1b[K');
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

if (isEntry(import.meta.url)) {
  endWithPipe();
  await runCommand(() => main(process.argv.slice(2)));
}

/** `npm run lex`: the tokens of Python files as a model sees them, one JSON array a line, a line a file. */
import { readFile } from 'node:fs/promises';
import { messageOf } from '../src/core/failure.ts';
import type { Rules } from '../src/core/lexer/rules.ts';
import { type KeptLiterals, lexPython, NO_LITERALS } from '../src/core/lexer/tokens.ts';
import { CommandError, readArguments, runCommand } from './command.ts';
import { checkArguments, readLiterals } from './data/arguments.ts';
import { endWithPipe, isEntry } from './data/entry.ts';

const HELP = `Usage: npm run --silent lex -- FILE... [--kept FILE]

Prints the tokens of each Python file as a JSON array, a line a file in the order named, without <s> and </s>. An empty
file gives []. A file that cannot be lexed gives null, and stderr says where and why.

  --kept FILE  literals to keep: {"str": [...], "num": [...]}, or the manifest.json of a data set, so that
               files are lexed the way its models were trained, by its rules. Without it every string is <STR_LIT> and every
               number <NUM_LIT>, so that the output depends on the file alone.
  --help       this text`;

async function readKept(path: string | undefined): Promise<{ readonly kept: KeptLiterals; readonly rules: Rules }> {
  if (path === undefined) return { kept: NO_LITERALS, rules: 'codexglue-2021' };
  const { literals, rules } = await readLiterals(path);
  return { kept: { str: new Set(literals.str), num: new Set(literals.num) }, rules };
}

/**
 * The command: a line of output for each file, handed to `print` as it is ready.
 * @throws CommandError with exit code 2 where an argument is wrong or a file cannot be read
 */
export async function lex(
  args: string[],
  print: (line: string) => void,
  complain: (line: string) => void,
): Promise<void> {
  const { values, positionals } = checkArguments(() =>
    readArguments({ args, allowPositionals: true, options: { kept: { type: 'string' }, help: { type: 'boolean' } } }),
  );
  if (values.help === true) return print(HELP);
  if (positionals.length === 0) throw new CommandError(2, 'There is no file to lex.', 'Name one or more Python files.');
  const { kept, rules } = await readKept(values.kept);
  for (const path of positionals) {
    const bytes = await readFile(path).catch((error: unknown) => {
      throw new CommandError(2, `${path} cannot be read: ${messageOf(error)}.`, 'Check the path.');
    });
    const lexed = lexPython(bytes, kept, rules);
    if ('reason' in lexed) complain(`${path}:${lexed.line}: ${lexed.reason}`);
    print(JSON.stringify('reason' in lexed ? null : lexed.tokens));
  }
}

if (isEntry(import.meta.url)) {
  endWithPipe();
  await runCommand(() => lex(process.argv.slice(2), console.log, console.error));
}

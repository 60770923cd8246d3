/** `npm run lex`: the tokens of Python files as a model sees them, one line with a JSON array for each file. */
import { readFile } from 'node:fs/promises';
import { messageOf } from '#core/failure.ts';
import { DEFAULT_READING, READINGS } from '#core/python/lexer/reading.ts';
import { lexPythonFile, type LexOptions } from '#core/python/lexer/tokens.ts';
import { visibleText } from '#core/visibleText.ts';
import { CommandError, oneOf, readArguments, runCommand } from '../lib/command.ts';
import { checkArguments, readLiterals } from '../data/arguments.ts';
import { endWithPipe, isEntry } from '../data/entry.ts';

const HELP = `Usage: npm run --silent lex -- FILE... [--kept FILE] [--reading NAME]

Prints the tokens of each Python file as a JSON array, one line per file, in the given order, without <s> and </s>. An empty
file gives []. A file that cannot be lexed gives null; the reason is written to stderr.

  --kept FILE  literals to keep: {"str": [...], "num": [...]}, or the manifest.json of a data set. With a manifest, files
               are lexed as for its models. Without this option every string is <STR_LIT> and every number
               <NUM_LIT>, so the output depends only on the file.
  --reading NAME  how bytes become text (without --kept: ${DEFAULT_READING}):
               text       like "python3 FILE": the declared encoding, universal newlines
               utf8-text  like CodeXGLUE's preprocess.py: UTF-8, universal newlines, then like tokenize
               bytes      like tokenize on bytes: the declared encoding; a lone carriage return does not end a line
  --help       this text`;

async function optionsFrom(path: string | undefined): Promise<LexOptions> {
  if (path === undefined) return {};
  const { literals, ...lexed } = await readLiterals(path);
  return { kept: { str: new Set(literals.str), num: new Set(literals.num) }, ...lexed };
}

/**
 * The command. Calls `print` with one line for each file, as soon as it is ready.
 * @throws CommandError with exit code 2 if an argument is wrong or a file cannot be read
 */
export async function lex(
  args: string[],
  print: (line: string) => void,
  complain: (line: string) => void,
): Promise<void> {
  const { values, positionals } = checkArguments(() =>
    readArguments({
      args,
      allowPositionals: true,
      options: { kept: { type: 'string' }, reading: { type: 'string' }, help: { type: 'boolean' } },
    }),
  );
  if (values.help === true) return print(HELP);
  if (positionals.length === 0) throw new CommandError(2, 'There is no file to lex.', 'Name one or more Python files.');
  const named = values.reading;
  const reading = named === undefined ? {} : { reading: checkArguments(() => oneOf(named, 'reading', READINGS)) };
  const options = { ...(await optionsFrom(values.kept)), ...reading };
  for (const path of positionals) {
    const bytes = await readFile(path).catch((error: unknown) => {
      throw new CommandError(2, `${path} cannot be read: ${messageOf(error)}.`, 'Check the path.');
    });
    const lexed = await lexPythonFile(bytes, options);
    if ('reason' in lexed) complain(visibleText(`${path}:${lexed.line}: ${lexed.reason}`));
    print(JSON.stringify('reason' in lexed ? null : lexed.tokens));
  }
}

if (isEntry(import.meta.url)) {
  endWithPipe();
  await runCommand(() => lex(process.argv.slice(2), console.log, console.error));
}

/**
 * Generates the TypeScript calls of the WebAssembly kernels from their AssemblyScript source, so that parameters and enums are defined only
 * there. WebAssembly knows parameters only by position, and all of them are numbers, so a call with two of them swapped would compile.
 * Commands are therefore called with named arguments.
 *
 * The sources are read with regular expressions, not parsed. An exported function that no expression matches is an error.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { ROOT } from '../lib/paths.ts';

const SIMD = join(ROOT, 'workers', 'engine', 'backends', 'simd');
export const KERNEL_CALLS = join(SIMD, 'kernelCalls.ts');

/** Exported functions of these files are not commands; they belong to the queue itself. */
const QUEUE: readonly string[] = ['queue', 'memory'];

const NUMBERS: readonly string[] = ['usize', 'i32', 'u32', 'f32', 'f64', 'bool'];

/** The text of `KERNEL_CALLS`, formatted with Prettier. */
export async function kernelCallsNow(): Promise<string> {
  const assembly = join(SIMD, 'assembly');
  const files = (await readdir(assembly)).filter((name) => name.endsWith('.ts'));
  const sources = await Promise.all(
    files.map(async (name) => [name.slice(0, -'.ts'.length), await readFile(join(assembly, name), 'utf8')] as const),
  );
  const options = await resolveConfig(KERNEL_CALLS);
  return format(kernelCalls(new Map(sources)), { ...options, filepath: KERNEL_CALLS });
}

interface Parameter {
  readonly name: string;
  readonly type: string;
}

interface Function {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly result: string;
  readonly isCommand: boolean;
  /** What the function computes. */
  readonly comment: string;
  /** The comment on each parameter, by its name. */
  readonly comments: ReadonlyMap<string, string>;
}

const EXPORT = /^export \{([^}]*)\} from '\.\/(\w+)';$/gm;

/**
 * @param sources texts of the files of assembly/, by name; `index` lists the program's exports
 * @throws Error if an export is not understood
 */
export function kernelCalls(sources: ReadonlyMap<string, string>): string {
  const index = sources.get('index') ?? failed('There is no source of index.');
  const functions = [...index.matchAll(EXPORT)].flatMap((match) => {
    const [, names = '', file = ''] = match;
    const source = sources.get(file) ?? failed(`There is no source of ${file}.`);
    return names
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '')
      .map((name) => functionOf(name, source, !QUEUE.includes(file)));
  });
  const commands = functions.filter(({ isCommand }) => isCommand);
  const others = functions.filter(({ isCommand }) => !isCommand);
  const used = functions.flatMap(({ parameters }) => parameters.map(({ type }) => type));
  const enums = [...new Set(used.filter((type) => !NUMBERS.includes(type)))].map((name) => enumOf(name, sources));
  return [
    `/** Written by \`npm run kernels\` from assembly/, which says what each computes; kernelCalls.test.ts of cli/build compares the two. */`,
    ...enums,
    `/** Commands by position, as the program exports them. */\nexport interface ExportedCommands {\n${commands.map(byPosition).join('\n')}\n}`,
    `/** What else the program exports. */\nexport interface QueueCalls {\n${others.map((one) => documented(one.comment, byPosition(one))).join('\n')}\n}`,
    `/** Commands with named arguments: each goes into the queue, behind those before it. Addresses are in bytes, sizes in values. */\nexport interface Commands {\n${commands.map(byName).join('\n')}\n}`,
    `export function commandsOf(program: ExportedCommands): Commands {\n  return {\n${commands.map(forwarded).join('\n')}\n  };\n}`,
  ].join('\n\n');
}

function functionOf(name: string, source: string, isCommandFile: boolean): Function {
  const pattern = String.raw`(?<comment>/\*\*(?:(?!\*/)[^])*\*/\n)?export function ${name}\((?<parameters>[^)]*)\): (?<result>\w+) \{`;
  const groups = new RegExp(pattern).exec(source)?.groups ?? failed(`No exported function ${name} was found.`);
  const parameters = groups['parameters']!.split(',')
    .map((parameter) => parameter.trim())
    .filter((parameter) => parameter !== '')
    .map((parameter): Parameter => {
      const [, own, type] = /^(\w+): (\w+)$/.exec(parameter) ?? [];
      if (own === undefined || type === undefined) return failed(`${name} has a parameter "${parameter}".`);
      return { name: own, type };
    });
  const result = groups['result']!;
  const { own, tagged } = commentOf(groups['comment'] ?? '');
  for (const tag of tagged.keys()) {
    if (!parameters.some((parameter) => parameter.name === tag)) failed(`${name} has no parameter ${tag}.`);
  }
  return { name, parameters, result, isCommand: isCommandFile && result === 'void', comment: own, comments: tagged };
}

/** Splits a comment into the text before its tags and the text of each `@param`. */
function commentOf(comment: string): { readonly own: string; readonly tagged: ReadonlyMap<string, string> } {
  const text = comment
    .replaceAll(/^\s*(?:\/\*\*|\*\/|\*)/gm, '')
    .replaceAll('*/', '')
    .replaceAll(/\s+/g, ' ')
    .trim();
  const [own = '', ...tags] = text.split(/ ?@(?=param |returns )/);
  const tagged = tags.flatMap((tag) => {
    const groups = /^param (?<name>\w+) (?<text>.*)$/.exec(tag)?.groups;
    return groups ? [[groups['name']!, groups['text']!.trim()] as const] : [];
  });
  return { own: own.trim(), tagged: new Map(tagged) };
}

function enumOf(name: string, sources: ReadonlyMap<string, string>): string {
  const pattern = new RegExp(String.raw`export enum ${name} \{(?<body>[^}]*)\}`);
  const body =
    [...sources.values()]
      .map((source) => pattern.exec(source)?.groups?.['body'])
      .find((found) => found !== undefined) ?? failed(`No exported enum ${name} was found.`);
  const members = body
    .replaceAll(/\/\*\*[^]*?\*\//g, '')
    .split(',')
    .map((member) => member.trim())
    .filter((member) => member !== '');
  const odd = members.find((member) => !/^\w+$/.test(member));
  if (odd !== undefined) failed(`${name} has a member "${odd}".`);
  const values = members.map((member, value) => `${member}: ${value}`).join(', ');
  return `export const ${name} = { ${values} } as const;\nexport type ${name} = (typeof ${name})[keyof typeof ${name}];`;
}

function byPosition({ name, parameters, result }: Function): string {
  const list = parameters.map((parameter) => `${parameter.name}: ${typeOf(parameter.type)}`);
  return `${name}(${list.join(', ')}): ${result === 'void' ? 'void' : typeOf(result)};`;
}

function byName({ name, parameters, comment, comments }: Function): string {
  const list = parameters.map((parameter) =>
    documented(comments.get(parameter.name) ?? '', `readonly ${parameter.name}: ${typeOf(parameter.type)};`),
  );
  return documented(comment, `${name}(call: {\n${list.join('\n')}\n}): void;`);
}

function forwarded({ name, parameters }: Function): string {
  const names = parameters.map((parameter) => parameter.name).join(', ');
  return `${name}: ({ ${names} }) => program.${name}(${names}),`;
}

function documented(comment: string, declaration: string): string {
  return comment === '' ? declaration : `/** ${comment} */\n${declaration}`;
}

/** The TypeScript type of a parameter. Booleans are numbers in WebAssembly. */
function typeOf(type: string): string {
  return NUMBERS.includes(type) ? 'number' : type;
}

function failed(what: string): never {
  throw new Error(`The kernels' calls cannot be written. ${what}`);
}

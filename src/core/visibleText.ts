/**
 * Makes characters visible that are invisible or reorder the text around them. In code they make a reader see other code than the code that
 * runs (Boucher and Anderson, "Trojan Source", 2021, https://trojansource.codes).
 */

/**
 * Control characters except tab and line ends; line and paragraph separators; and Unicode's default ignorable characters, such as
 * bidirectional controls, zero-width spaces and joiners, a byte order mark, tags. A joiner or variation selector within an emoji is
 * part of its picture.
 */
export const HIDDEN_CHARACTERS =
  /(?![\t\n\r])\p{Cc}|[\u2028\u2029\ufff9-\ufffb]|(?!(?<=\p{Emoji})[\ufe0e\ufe0f]|(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f])\u200d(?=\p{Extended_Pictographic}))\p{Default_Ignorable_Code_Point}/gu;

const NAMES: Readonly<Record<number, string>> = {
  0x00: 'null',
  0x1b: 'escape',
  0x7f: 'delete',
  0xad: 'soft hyphen',
  0x61c: 'Arabic letter mark',
  0x200b: 'zero-width space',
  0x200c: 'zero-width non-joiner',
  0x200d: 'zero-width joiner',
  0x200e: 'left-to-right mark',
  0x200f: 'right-to-left mark',
  0x2028: 'line separator',
  0x2029: 'paragraph separator',
  0x202a: 'left-to-right embedding',
  0x202b: 'right-to-left embedding',
  0x202c: 'pop directional formatting',
  0x202d: 'left-to-right override',
  0x202e: 'right-to-left override',
  0x2060: 'word joiner',
  0x2066: 'left-to-right isolate',
  0x2067: 'right-to-left isolate',
  0x2068: 'first strong isolate',
  0x2069: 'pop directional isolate',
  0xfeff: 'byte order mark',
};

export interface VisiblePart {
  readonly text: string;
  /** `U+202E`, where `text` is a hidden character; null for a stretch of plain text. */
  readonly code: string | null;
}

/** The parts of a text in order; together they are the text. */
export function visibleParts(text: string): readonly VisiblePart[] {
  const parts: VisiblePart[] = [];
  let end = 0;
  for (const { 0: character, index } of text.matchAll(HIDDEN_CHARACTERS)) {
    if (index > end) parts.push({ text: text.slice(end, index), code: null });
    parts.push({ text: character, code: codeOf(character.codePointAt(0)!) });
    end = index + character.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end), code: null });
  return parts;
}

/** A text with `[U+202E]` for each hidden character: for labels, tooltips and whatever else holds plain text alone. */
export function visibleText(text: string): string {
  return text.replaceAll(HIDDEN_CHARACTERS, (character) => `[${codeOf(character.codePointAt(0)!)}]`);
}

/** `U+202E`. */
export function codeOf(codePoint: number): string {
  return `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** What a hidden character is called. */
export function hiddenName(codePoint: number): string {
  return NAMES[codePoint] ?? (codePoint < 0xa0 ? 'control character' : 'invisible character');
}

/**
 * A report as blocks, written as Markdown or as one self-contained page of HTML. Names of imported runs may have invisible characters or
 * characters that reorder text; these are written as their codes.
 */
import { visibleText } from '../visibleText.ts';

export type Block =
  | { readonly type: 'heading'; readonly level: 1 | 2; readonly text: string }
  | { readonly type: 'paragraph'; readonly text: Text }
  | { readonly type: 'list'; readonly items: readonly Text[] }
  /** The first column has names, the others numbers. */
  | { readonly type: 'table'; readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] }
  /** A complete SVG document. */
  | { readonly type: 'figure'; readonly title: string; readonly svg: string }
  /** A picture file next to the report. */
  | { readonly type: 'picture'; readonly title: string; readonly file: string };

/** Plain text, or text with marked spans. Line breaks within a paragraph are kept. */
export type Text = string | readonly Span[];
export type Span = string | { readonly strong: string } | { readonly emphasis: string } | { readonly code: string };

/** Figures are data URLs within the text, so the file can be moved without them. Pictures are links to files. */
export function writeMarkdown(blocks: readonly Block[]): string {
  return `${blocks.map(markdownOf).join('\n\n')}\n`;
}

function markdownOf(block: Block): string {
  switch (block.type) {
    case 'heading':
      return `${'#'.repeat(block.level)} ${oneLine(escapeMarkdown(block.text))}`;
    case 'paragraph':
      return asParagraph(markdownText(block.text));
    case 'list':
      return block.items.map((item) => `- ${asParagraph(oneLine(markdownText(item)))}`).join('\n');
    case 'table': {
      const line = (cells: readonly string[]) => `| ${cells.map(markdownCell).join(' | ')} |`;
      const rule = block.head.map((_, column) => (column === 0 ? '---' : '---:'));
      return [line(block.head), `| ${rule.join(' | ')} |`, ...block.rows.map(line)].join('\n');
    }
    case 'figure':
      return `![${oneLine(escapeMarkdown(block.title))}](data:image/svg+xml;base64,${base64(block.svg)})`;
    case 'picture':
      return `![${oneLine(escapeMarkdown(block.title))}](${encodeURI(block.file).replaceAll(/[()]/g, '\\$&')})`;
    default:
      return block satisfies never;
  }
}

function markdownText(text: Text): string {
  const spans = typeof text === 'string' ? [text] : text;
  return spans
    .map((span) => {
      if (typeof span === 'string') return escapeMarkdown(span);
      if ('strong' in span) return `**${escapeMarkdown(span.strong)}**`;
      return 'code' in span ? markdownCode(span.code) : `*${escapeMarkdown(span.emphasis)}*`;
    })
    .join('');
}

/** Quotes code with more backticks than it has in a row. */
function markdownCode(code: string): string {
  const longest = Math.max(0, ...(code.match(/`+/g) ?? []).map((ticks) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  const space = /^`|`$/.test(code) ? ' ' : '';
  return `${fence}${space}${oneLine(visibleText(code))}${space}${fence}`;
}

function markdownCell(text: string): string {
  return oneLine(escapeMarkdown(text)).replaceAll('|', '\\|');
}

/** Escapes characters that Markdown would read as markup. Texts come from users and from tokens. */
function escapeMarkdown(text: string): string {
  return visibleText(text).replaceAll(/[\\`*_[\]<>#~]|&(?=#?\w+;)/g, '\\$&');
}

/** Keeps line breaks, and escapes line starts that would begin a list, rule or table. */
function asParagraph(markdown: string): string {
  return markdown
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => (/^(?:[-+]\s|[-+=|:\s]+$)/.test(line) ? `\\${line}` : line.replace(/^\d+(?=[.)](?:\s|$))/, '$&\\')))
    .join('\\\n');
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

function base64(text: string): string {
  let binary = '';
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCodePoint(byte);
  return btoa(binary);
}

export function writeHtml(title: string, blocks: readonly Block[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${escapeHtml(title)}</title>
<style>
:root { color-scheme: light dark; }
body { max-width: 1000px; margin: 32px auto; padding: 0 20px; font: 16px/1.55 system-ui, sans-serif; }
p, li { overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; } h2 { margin-top: 2em; font-size: 1.2rem; break-after: avoid; }
p { max-width: 75ch; white-space: pre-line; }
.wide { overflow-x: auto; margin: 1em 0; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 5px 14px 5px 0; border-bottom: 1px solid color-mix(in srgb, currentcolor 18%, transparent); text-align: right; vertical-align: top; white-space: nowrap; }
th:first-child { text-align: left; }
tr, figure { break-inside: avoid; }
figure { margin: 20px 0; } figure img { max-width: 100%; height: auto; }
figcaption { font-size: 0.85rem; opacity: 0.75; }
@media print { body { max-width: none; margin: 0; padding: 0; font-size: 10pt; } .wide { overflow: visible; } th, td { white-space: normal; } }
</style>
</head>
<body>
${blocks.map(htmlOf).join('\n')}
</body>
</html>
`;
}

function htmlOf(block: Block): string {
  switch (block.type) {
    case 'heading':
      return `<h${block.level}>${escapeHtml(block.text)}</h${block.level}>`;
    case 'paragraph':
      return `<p>${htmlText(block.text)}</p>`;
    case 'list':
      return `<ul>${block.items.map((item) => `<li>${htmlText(item)}</li>`).join('')}</ul>`;
    case 'table': {
      const head = block.head.map((text) => `<th scope="col">${escapeHtml(text)}</th>`).join('');
      const rows = block.rows.map(([first = '', ...others]) => {
        const cells = others.map((text) => `<td>${escapeHtml(text)}</td>`).join('');
        return `<tr><th scope="row">${escapeHtml(first)}</th>${cells}</tr>`;
      });
      // The tabindex lets keyboard users scroll a table that does not fit.
      return `<div class="wide" tabindex="0"><table><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
    }
    case 'figure':
      // An SVG in an img element cannot run scripts on the page.
      return `<figure><img alt="${escapeHtml(block.title)}" src="data:image/svg+xml;base64,${base64(block.svg)}"><figcaption>${escapeHtml(block.title)}</figcaption></figure>`;
    case 'picture':
      // A link, because a self-contained page must not load other files.
      return `<p><a href="./${escapeHtml(encodeURI(block.file))}">${escapeHtml(block.title)}</a></p>`;
    default:
      return block satisfies never;
  }
}

function htmlText(text: Text): string {
  const spans = typeof text === 'string' ? [text] : text;
  return spans
    .map((span) => {
      if (typeof span === 'string') return escapeHtml(span);
      if ('strong' in span) return `<strong>${escapeHtml(span.strong)}</strong>`;
      return 'code' in span ? `<code>${escapeHtml(span.code)}</code>` : `<em>${escapeHtml(span.emphasis)}</em>`;
    })
    .join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return visibleText(text).replaceAll(/[&<>"']/g, (character) => ENTITIES[character]!);
}

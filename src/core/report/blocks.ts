/** A report as blocks, written as Markdown or as one page of HTML that needs nothing beside it. */

export type Block =
  | { readonly type: 'heading'; readonly level: 1 | 2; readonly text: string }
  | { readonly type: 'paragraph'; readonly text: string }
  | { readonly type: 'list'; readonly items: readonly string[] }
  | { readonly type: 'table'; readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] }
  /** An SVG that stands alone. */
  | { readonly type: 'figure'; readonly title: string; readonly svg: string };

/** Pictures are data addresses within the text, so that the file can be moved. */
export function writeMarkdown(blocks: readonly Block[]): string {
  return `${blocks.map(markdownOf).join('\n\n')}\n`;
}

function markdownOf(block: Block): string {
  switch (block.type) {
    case 'heading':
      return `${'#'.repeat(block.level)} ${escapeMarkdown(block.text)}`;
    case 'paragraph':
      return escapeMarkdown(block.text);
    case 'list':
      return block.items.map((item) => `- ${escapeMarkdown(item)}`).join('\n');
    case 'table': {
      const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
      return [line(block.head), line(block.head.map(() => '---')), ...block.rows.map(line)].join('\n');
    }
    case 'figure':
      return `![${escapeMarkdown(block.title)}](data:image/svg+xml;base64,${base64(block.svg)})`;
    default:
      return block satisfies never;
  }
}

function cell(text: string): string {
  return escapeMarkdown(text).replaceAll(/\s+/g, ' ').replaceAll('|', '\\|');
}

/** What Markdown would take for its own, where a person or a token wrote it. */
function escapeMarkdown(text: string): string {
  return text.replaceAll(/([\\`*_[\]<>#])/g, '\\$1');
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
h1 { font-size: 1.6rem; } h2 { margin-top: 2em; font-size: 1.2rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 5px 14px 5px 0; border-bottom: 1px solid color-mix(in srgb, currentcolor 18%, transparent); text-align: left; vertical-align: top; white-space: nowrap; }
figure { margin: 20px 0; break-inside: avoid; } figure img { max-width: 100%; height: auto; }
figcaption { font-size: 0.85rem; opacity: 0.75; }
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
      return `<p>${escapeHtml(block.text)}</p>`;
    case 'list':
      return `<ul>${block.items.map((item) => `<li>${escapeHtml(item)}</li>`).join('')}</ul>`;
    case 'table': {
      const head = block.head.map((text) => `<th scope="col">${escapeHtml(text)}</th>`).join('');
      const rows = block.rows.map(([first = '', ...others]) => {
        const cells = others.map((text) => `<td>${escapeHtml(text)}</td>`).join('');
        return `<tr><th scope="row">${escapeHtml(first)}</th>${cells}</tr>`;
      });
      return `<div class="wide"><table><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
    }
    case 'figure':
      // As a picture, so that nothing in it can act on the page.
      return `<figure><img alt="${escapeHtml(block.title)}" src="data:image/svg+xml;base64,${base64(block.svg)}"><figcaption>${escapeHtml(block.title)}</figcaption></figure>`;
    default:
      return block satisfies never;
  }
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character]!);
}

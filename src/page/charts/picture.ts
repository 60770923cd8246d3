/** A chart of the page as a picture that stands alone: SVG with every style written into it, and PNG made of that. */
import shared from '../ui/shared.module.css';

const NAMESPACE = 'http://www.w3.org/2000/svg';
/** Styles that come from the page's stylesheets, which the picture does not have. */
const STYLES = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-opacity',
  'stroke-dasharray',
  'stroke-linejoin',
  'opacity',
  'font-family',
  'font-size',
  'font-weight',
  'font-variant-numeric',
  'text-anchor',
  'dominant-baseline',
  'paint-order',
] as const;
const HEAD = 30;
const PAD = 12;
const NOTE_LINE = 16;
/** Pixels of a letter of a note, at the most. */
const NOTE_LETTER = 6.5;
/** Pixels of the PNG per pixel of the page. */
const PNG_SCALE = 2;

/** @param figure the chart's `figure` @returns null while nothing is drawn */
export function chartSvg(figure: Element): string | null {
  const drawn = figure.querySelector<SVGSVGElement>('svg.recharts-surface, svg[data-part=drawing]');
  if (!drawn) return null;
  const { width, height } = drawn.getBoundingClientRect();
  const body = getComputedStyle(figure.closest(`.${shared.sheet}`) ?? document.body);
  const svg = document.createElementNS(NAMESPACE, 'svg');
  const note = figure.querySelector('[data-part=note]')?.textContent ?? '';
  const outerWidth = width + 2 * PAD;
  const noteLines = linesOf(note, width / NOTE_LETTER);
  const outerHeight = height + HEAD + PAD + noteLines.length * NOTE_LINE;
  svg.setAttribute('xmlns', NAMESPACE);
  svg.setAttribute('width', String(outerWidth));
  svg.setAttribute('height', String(outerHeight));
  svg.setAttribute('viewBox', `0 0 ${outerWidth} ${outerHeight}`);
  svg.append(element('rect', { width: '100%', height: '100%', fill: body.backgroundColor }));
  const title = [...figure.querySelectorAll('[data-part=title], [data-part=unit]')]
    .map(({ textContent }) => textContent)
    .join(', ');
  const head = element('text', { x: PAD, y: 20, fill: body.color, 'font-weight': 600, 'font-size': 13 });
  head.setAttribute('font-family', body.fontFamily);
  head.textContent = title;
  svg.append(head, inlined(drawn, width, height));
  for (const [i, line] of noteLines.entries()) {
    const text = element('text', { x: PAD, y: HEAD + height + (i + 1) * NOTE_LINE, fill: body.color, 'font-size': 11 });
    text.setAttribute('font-family', body.fontFamily);
    text.textContent = line;
    svg.append(text);
  }
  return new XMLSerializer().serializeToString(svg);
}

/** Breaks words into lines of a limited number of letters. */
function linesOf(text: string, letters: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ').filter(Boolean)) {
    const longer = lines.length > 0 ? `${lines.at(-1)} ${word}` : word;
    if (lines.length > 0 && longer.length <= letters) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** A copy whose elements carry their styles; what only the page needs is left out. */
function inlined(drawn: SVGSVGElement, width: number, height: number): SVGSVGElement {
  const copy = document.importNode(drawn, true);
  const originals = [drawn, ...drawn.querySelectorAll('*')];
  for (const [index, one] of [copy, ...copy.querySelectorAll('*')].entries()) {
    const style = getComputedStyle(originals[index]!);
    for (const name of STYLES) {
      const value = style.getPropertyValue(name);
      if (value) one.setAttribute(name, value);
    }
    one.removeAttribute('class');
    one.removeAttribute('data-part');
    one.removeAttribute('style');
    one.removeAttribute('tabindex');
  }
  const notCopied = [...drawn.querySelectorAll('[data-part=pointer], [data-part=crosshair], [data-part=range]')];
  const indices = notCopied.map((one) => originals.indexOf(one) - 1);
  const all = [...copy.querySelectorAll('*')];
  for (const index of indices) all[index]?.remove();
  for (const [name, value] of Object.entries({ x: PAD, y: HEAD, width, height }))
    copy.setAttribute(name, String(value));
  copy.setAttribute('viewBox', drawn.getAttribute('viewBox') ?? `0 0 ${width} ${height}`);
  numberIds(copy);
  return copy;
}

/** In the order in which they stand: the page counts ids over its life, and the same curves shall be the same file. */
function numberIds(svg: SVGSVGElement): void {
  const numbers = new Map<string, string>();
  for (const one of svg.querySelectorAll('[id]')) {
    const number = `id-${numbers.size + 1}`;
    numbers.set(`url(#${CSS.escape(one.id)})`, `url(#${number})`);
    one.id = number;
  }
  for (const one of svg.querySelectorAll('[clip-path]')) {
    const before = one.getAttribute('clip-path')!;
    one.setAttribute('clip-path', numbers.get(before) ?? before);
  }
}

function element(name: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const made = document.createElementNS(NAMESPACE, name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, String(value));
  return made;
}

/** @throws Error where the browser cannot draw it */
export async function pngOf(svg: string): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(image.width * PNG_SCALE);
  canvas.height = Math.round(image.height * PNG_SCALE);
  canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob) resolve(blob);
      else reject(new Error('the browser could not draw the chart as an image'));
    }, 'image/png');
  });
}

/** How wide a short text of a chart is, before it is drawn. */

/** As ChartFrame.module.css has it. */
const FONT_SIZE = 11;
/** Width of a digit in font sizes, used where no canvas can measure. */
const ROUGH_DIGIT = 0.64;

let measure: ((text: string) => number) | null = null;

/** @returns pixels of the widest, in the page's font; an estimate where there is no page */
export function widestText(texts: readonly string[]): number {
  measure ??= measureInPage();
  // digits are drawn in equal widths
  return Math.max(0, ...texts.map((text) => (measure ?? roughly)(text.replaceAll(/\d/g, '0'))));
}

function measureInPage(): typeof measure {
  if (typeof document === 'undefined') return null;
  const context = document.createElement('canvas').getContext('2d');
  if (!context) return null;
  context.font = `${FONT_SIZE}px ${getComputedStyle(document.body).fontFamily}`;
  return (text) => context.measureText(text).width;
}

function roughly(text: string): number {
  return text.length * ROUGH_DIGIT * FONT_SIZE;
}

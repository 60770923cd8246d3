/** Tables as comma-separated values (RFC 4180). */

/** Without it Excel reads UTF-8 as the encoding of its own system, and `Größe` as `GrÃ¶ÃŸe`. pandas, R's readr and LibreOffice skip it. */
export const BYTE_ORDER_MARK = '\ufeff';

/**
 * Spreadsheets take a cell that begins with one of these for a formula; numbers are left as they are. Japanese Excel takes
 * full-width signs, too (https://owasp.org/www-community/attacks/CSV_Injection).
 */
const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

/** @returns the text of a file: UTF-8 with a byte order mark */
export function csv(rows: readonly (readonly string[])[]): string {
  return `${BYTE_ORDER_MARK}${rows.map((cells) => `${cells.map(cell).join(',')}\r\n`).join('')}`;
}

function cell(text: string): string {
  const safe = FORMULA.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/**
 * The locale in which number fields are read and written: the browser's first language, asked for once. The page's words are English
 * whatever it is, and so are the figures among them. Without a page it is English: Node has a `navigator` too, with the shell's language.
 */
export const LOCALE: string = (typeof document === 'undefined' ? undefined : navigator.languages[0]) ?? 'en-US';

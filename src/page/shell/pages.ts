/** The four pages, in the order of the top row and of the keys 1 to 4. */
export const PAGES = [
  { path: '/data', title: 'Data' },
  { path: '/train', title: 'Train' },
  { path: '/compare', title: 'Compare' },
  { path: '/complete', title: 'Complete' },
] as const;

export type PagePath = (typeof PAGES)[number]['path'];
export const FIRST_PAGE: PagePath = '/train';

/** The page of a location; the first page where there is none. */
export function pageOf(location: string): PagePath {
  return PAGES.find(({ path }) => location === path || location.startsWith(`${path}/`))?.path ?? FIRST_PAGE;
}

export function titleOf(page: PagePath): string {
  return PAGES.find(({ path }) => path === page)!.title;
}

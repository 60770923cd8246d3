/** The four rooms, in the order of the top row and of the keys 1 to 4. */
export const ROOMS = [
  { path: '/data', title: 'Data' },
  { path: '/train', title: 'Train' },
  { path: '/compare', title: 'Compare' },
  { path: '/complete', title: 'Complete' },
] as const;

export type RoomPath = (typeof ROOMS)[number]['path'];
export const FIRST_ROOM: RoomPath = '/train';

/** The room of a location; what no room has is the first one. */
export function roomOf(location: string): RoomPath {
  return ROOMS.find(({ path }) => location === path || location.startsWith(`${path}/`))?.path ?? FIRST_ROOM;
}

export function titleOf(room: RoomPath): string {
  return ROOMS.find(({ path }) => path === room)!.title;
}

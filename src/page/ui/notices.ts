/** Short messages about what was done, with undo where possible. */
import { create } from 'zustand';

export interface Notice {
  readonly id: number;
  readonly text: string;
  readonly action?: { readonly label: string; readonly run: () => void };
}

export const useNotices = create<{ readonly shown: readonly Notice[] }>()(() => ({ shown: [] }));

const MOST = 4;
let lastId = 0;

export function notify(notice: Omit<Notice, 'id'>): void {
  useNotices.setState(({ shown }) => ({ shown: [...shown.slice(1 - MOST), { ...notice, id: ++lastId }] }));
}

export function dismissNotice(id: number): void {
  useNotices.setState(({ shown }) => ({ shown: shown.filter((one) => one.id !== id) }));
}

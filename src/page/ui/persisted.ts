/**
 * Stores whose state is kept in this browser's localStorage, as plain JSON under one key each. State that cannot be read is replaced by its
 * default, but not lost: the stored text is kept apart, and a notice offers it as a file.
 */
import { create, type Mutate, type StoreApi, type UseBoundStore } from 'zustand';
import { persist, type PersistStorage } from 'zustand/middleware';
import type { z } from 'zod';
import { notify } from './notices.ts';
import { saveFile } from './saveFile.ts';

interface Stored<T> {
  /** Key in localStorage. */
  readonly key: string;
  /** Names the state within a sentence: `the view of the charts`. */
  readonly what: string;
  /** Reads what is stored. Fields that cannot be read fall back to their defaults (`catch`), and so are found to differ. */
  readonly schema: z.ZodType<T>;
  /** The schema makes the default state of it. */
  readonly empty: unknown;
  /** The value to store, where it is not the state itself. The schema makes the state of it again. */
  readonly toStored?: (state: T) => unknown;
}

interface Writing {
  /** Milliseconds without a change before the state is stored; by default each change is stored at once. */
  readonly rest?: number;
  /** Called where the browser refuses to store: the state then holds for this visit alone. */
  readonly onRefused?: () => void;
}

export type PersistedStore<T> = UseBoundStore<Mutate<StoreApi<T>, [['zustand/persist', unknown]]>>;

export function createPersisted<T>(options: Stored<T> & Writing): PersistedStore<T> {
  const { key, what, schema, empty, toStored = (state) => state } = options;
  return create<T>()(
    persist<T, [], [], unknown>(() => schema.parse(empty), {
      name: key,
      storage: jsonStorage(options),
      partialize: toStored,
      merge: (text, current) => (typeof text === 'string' ? read(text, { ...options, toStored }) : current),
      onRehydrateStorage: () => () => offerUnreadable(key, what),
    }),
  );
}

/** The stored value alone, as text, without the envelope of zustand's own storage: earlier builds stored it so. */
function jsonStorage({ rest = 0, onRefused = () => {} }: Writing): PersistStorage<unknown> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let write = () => {};
  const flush = () => {
    clearTimeout(timer);
    write();
    write = () => {};
  };
  if (rest > 0) window.addEventListener('pagehide', flush);
  return {
    getItem(key) {
      const state = textOf(key);
      return state === null ? null : { state };
    },
    setItem(key, { state }) {
      write = () => {
        try {
          localStorage.setItem(key, JSON.stringify(state));
        } catch {
          onRefused(); // Refused in some private windows, or full.
        }
      };
      clearTimeout(timer);
      if (rest > 0) timer = setTimeout(flush, rest);
      else flush();
    },
    removeItem: (key) => localStorage.removeItem(key),
  };
}

function textOf(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // Refused in some private windows.
  }
}

function read<T>(text: string, { key, schema, empty, toStored }: Required<Stored<T>>): T {
  const { value, whole } = parsed(text, schema, toStored);
  if (!whole) keepUnreadable(key, text);
  return value ?? schema.parse(empty);
}

/** `whole` says that everything in the text is in the value; there is no value where nothing could be read. */
function parsed<T>(text: string, schema: z.ZodType<T>, toStored: (state: T) => unknown): { value?: T; whole: boolean } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { whole: false };
  }
  const found = schema.safeParse(json);
  return found.success ? { value: found.data, whole: holds(json, toStored(found.data)) } : { whole: false };
}

/** Whether all that was read of a value is in it as it stood; what an older or newer lab has besides, or lacks, is no damage. */
function holds(value: unknown, read: unknown): boolean {
  if (Array.isArray(value) && Array.isArray(read)) {
    return value.length === read.length && value.every((one, at) => holds(one, read[at]));
  }
  if (!isObject(value) || !isObject(read)) return Object.is(value, read);
  return Object.entries(read).every(([name, one]) => !Object.hasOwn(value, name) || holds(value[name], one));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const unreadableKey = (key: string) => `${key}.unreadable`;

/** Adds the text to what was set aside before and has not been saved yet. */
function keepUnreadable(key: string, text: string): void {
  const before = textOf(unreadableKey(key));
  try {
    localStorage.setItem(unreadableKey(key), before === null ? text : `${before}\n${text}`);
    localStorage.removeItem(key);
  } catch {
    // No room for a copy: the text stays under its key until something newer is stored.
  }
}

const offered = new Set<string>();

/** Offers what was set aside as a file, once a visit, until it is saved. */
function offerUnreadable(key: string, what: string): void {
  const text = textOf(unreadableKey(key));
  if (text === null || offered.has(key)) return;
  offered.add(key);
  notify({
    text: `Stored settings could not be read: ${what}. The defaults are used.`,
    action: {
      label: 'Download the stored text',
      run: () => {
        saveFile(`${key}.json`, new Blob([text], { type: 'application/json' }));
        localStorage.removeItem(unreadableKey(key));
      },
    },
  });
}

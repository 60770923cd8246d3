/** Edited discussions by what they are about: the last few are kept in this browser. */
import { useState } from 'react';
import { z } from 'zod';
import { readSettings, writeSettings } from '../../ui/settings.ts';

const KEY = 'minicopilot.discussions';
const MAX_KEPT = 20;

const discussionSchema = z.object({ subject: z.string(), text: z.string() });
/** Those that can be read. */
const keptSchema = z.array(z.unknown()).transform((all) =>
  all.flatMap((one) => {
    const parsed = discussionSchema.safeParse(one);
    return parsed.success ? [parsed.data] : [];
  }),
);

const read = () => readSettings({ key: KEY, what: 'your edited discussions', schema: keptSchema, empty: [] });

/** @param subject what is discussed: the ids of the runs */
export function useDiscussion(subject: string): readonly [string | null, (text: string | null) => void] {
  const [kept, setKept] = useState(read);
  const edit = (text: string | null) => {
    const others = kept.filter((one) => one.subject !== subject);
    const next = text === null ? others : [...others, { subject, text }].slice(-MAX_KEPT);
    setKept(next);
    writeSettings(KEY, next);
  };
  return [kept.find((one) => one.subject === subject)?.text ?? null, edit];
}

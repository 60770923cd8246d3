/** Edited discussions by what they are about: the last few are kept in this browser. */
import { useState } from 'react';
import { z } from 'zod';

const KEY = 'minicopilot.discussions';
const MOST_KEPT = 20;

const keptSchema = z.array(z.object({ subject: z.string(), text: z.string() })).catch([]);

function read(): z.infer<typeof keptSchema> {
  try {
    return keptSchema.parse(JSON.parse(localStorage.getItem(KEY) ?? '[]'));
  } catch {
    return []; // Refused in some private windows, or not what this lab wrote.
  }
}

/** @param subject what is discussed: the ids of the runs */
export function useDiscussion(subject: string): readonly [string | null, (text: string | null) => void] {
  const [kept, setKept] = useState(read);
  const edit = (text: string | null) => {
    const others = kept.filter((one) => one.subject !== subject);
    const next = text === null ? others : [...others, { subject, text }].slice(-MOST_KEPT);
    setKept(next);
    try {
      localStorage.setItem(KEY, JSON.stringify(next));
    } catch {
      // It holds for this visit.
    }
  };
  return [kept.find((one) => one.subject === subject)?.text ?? null, edit];
}

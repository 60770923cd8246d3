/** Edited discussions by the runs they are about: the last few are stored in this browser. */
import { useEffect } from 'react';
import { z } from 'zod';
import { createPersisted } from '../../ui/persisted.ts';

const MAX_STORED = 20;

const discussionSchema = z.object({ subject: z.string(), text: z.string() });
/** Drops the discussions that cannot be read. */
const discussionsSchema = z.array(z.unknown()).transform((all) => ({
  discussions: all.flatMap((one) => {
    const parsed = discussionSchema.safeParse(one);
    return parsed.success ? [parsed.data] : [];
  }),
}));

export const useDiscussions = createPersisted({
  key: 'minicopilot.discussions',
  what: 'your edited discussions',
  schema: discussionsSchema,
  empty: [],
  toStored: ({ discussions }) => discussions,
});

/** @param subject what is discussed: the ids of the runs */
export function useDiscussion(subject: string): readonly [string | null, (text: string | null) => void] {
  // another tab may have stored some meanwhile
  useEffect(() => void useDiscussions.persist.rehydrate(), []);
  const text = useDiscussions(({ discussions }) => discussions.find((one) => one.subject === subject)?.text ?? null);
  const edit = (text: string | null) =>
    useDiscussions.setState(({ discussions }) => {
      const others = discussions.filter((one) => one.subject !== subject);
      return { discussions: text === null ? others : [...others, { subject, text }].slice(-MAX_STORED) };
    });
  return [text, edit];
}

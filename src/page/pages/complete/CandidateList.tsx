/** What may come next, as the model sees it: five candidates with their probabilities. */
import { Text, Title } from '@mantine/core';
import { clsx } from 'clsx';
import { memo } from 'react';
import { visibleText } from '#core/visibleText.ts';
import { UntrustedText } from '../../ui/UntrustedText.tsx';
import type { Candidate, Candidates } from '#core/completion/answers.ts';
import { UNK_TOKEN, END_TOKEN, EOL_TOKEN, START_TOKEN } from '#core/python/specialTokens.ts';
import { formatCounted, formatPercent } from '#core/format.ts';
import { useShallow } from 'zustand/react/shallow';
import { Term } from '../../glossary/Term.tsx';
import { beginWith, useCompletion } from './completion.ts';
import shared from '../../ui/shared.module.css';
import styles from './CandidateList.module.css';

export const CandidateList = memo(function CandidateList() {
  const { candidates, at, first, isAway } = useCompletion(
    useShallow(({ candidates, candidatesAt, first, caret }) => {
      return { candidates, at: candidatesAt?.cursor, first, isAway: caret === null };
    }),
  );
  return (
    <section aria-labelledby="candidates-title" data-at={at} data-place={candidates?.place}>
      <Title order={2} id="candidates-title">
        Next token
      </Title>
      {candidates === null ? (
        <Text size="sm" c="dimmed" mt="xs">
          {isAway ? 'Place the cursor in the text.' : 'The model is reading the text.'}
        </Text>
      ) : (
        <Shown candidates={candidates} first={first} />
      )}
    </section>
  );
});

/** Below it, a line about it would only take room. */
const WORTH_TELLING = 0.005;

function Shown({ candidates, first }: { readonly candidates: Candidates; readonly first: number | null }) {
  const { place, typed, tokens, read, milliseconds, somethingNew } = candidates;
  const list = candidates.candidates;
  return (
    <>
      {place === 'code' ? (
        list.length > 0 ? (
          <ol className={styles.candidates}>
            {list.map((candidate, index) => (
              <Row key={candidate.token} candidate={candidate} index={index} chosen={index === first} />
            ))}
          </ol>
        ) : (
          <Text size="sm" c="dimmed" mt="xs">
            No known token begins with <UntrustedText dir="ltr" text={typed} />.
          </Text>
        )
      ) : (
        <Text size="sm" c="dimmed" mt="xs">
          {place === 'string'
            ? 'No suggestions inside strings: a literal is a single token.'
            : 'No suggestions in comments: the model was trained without them.'}
        </Text>
      )}
      {place === 'code' && somethingNew !== null && somethingNew >= WORTH_TELLING && (
        <Text size="xs" c="dimmed" mt={6} className={shared.withTerm}>
          A name that neither the vocabulary nor this text has: {formatPercent(somethingNew)} <Term of="unk" />
        </Text>
      )}
      {place === 'code' && (
        <Text
          size="xs"
          c="dimmed"
          mt={6}
          data-testid="candidates-time"
          data-tokens={tokens}
          data-read={read}
          data-milliseconds={milliseconds}
        >
          {typed !== '' && list.length > 0 && `Tokens that begin with ${visibleText(typed)}. `}
          {milliseconds.toFixed(milliseconds < 9.95 ? 1 : 0)} ms
          {tokens > 0 && `, ${Math.min(read, tokens)} of ${formatCounted(tokens, 'token')} read`}
        </Text>
      )}
    </>
  );
}

interface RowProps {
  readonly candidate: Candidate;
  readonly index: number;
  readonly chosen: boolean;
}

function Row({ candidate, index, chosen }: RowProps) {
  const { probability, text, fromCache, fromOthers, ofText } = candidate;
  const bar = (
    <>
      <span className={styles.bar} style={{ width: `${probability * 100}%` }} aria-hidden />
      <span className={styles.cacheBar} style={{ width: `${fromCache * 100}%` }} aria-hidden />
    </>
  );
  const isFromOthers = fromOthers > fromCache / 2;
  // a line's end is no text that could come from somewhere
  const isFromText = candidate.token !== EOL_TOKEN && (ofText || fromCache > probability / 2);
  const figure = <span className={clsx(shared.figure, styles.probability)}>{formatPercent(probability)}</span>;
  if (text === null && candidate.token !== EOL_TOKEN) {
    return (
      <li className={styles.candidate}>
        {bar}
        <span className={clsx(shared.withTerm, styles.name, styles.unwritten)}>
          <TokenName candidate={candidate} /> {candidate.token === UNK_TOKEN && <Term of="unk" />}
        </span>
        {figure}
      </li>
    );
  }
  return (
    <li className={styles.candidate}>
      {bar}
      <button
        type="button"
        className={styles.name}
        aria-pressed={chosen}
        aria-label={`Begin the line with ${visibleText(labelOf(candidate))}, ${formatPercent(probability)}`}
        onMouseDown={(event) => event.preventDefault()}
        onClick={() => void beginWith(index)}
      >
        <TokenName candidate={candidate} />
        {isFromText && (
          <span className={styles.mark} title={sharesInWords(candidate)}>
            {isFromOthers ? 'from other files' : 'from this text'}
          </span>
        )}
      </button>
      {figure}
    </li>
  );
}

/** `2.1% from this text, 0.4% from other files, 1.0% from the model`. */
function sharesInWords({ probability, fromCache, fromOthers }: Candidate): string {
  const others = fromOthers > 0 ? `${formatPercent(fromOthers)} from other files, ` : '';
  const text = formatPercent(fromCache - fromOthers);
  return `${text} from this text, ${others}${formatPercent(probability - fromCache)} from the model`;
}

/** Special tokens, in words. */
const SPOKEN: Readonly<Record<string, string>> = {
  [EOL_TOKEN]: 'end of line',
  [END_TOKEN]: 'end of file',
  [START_TOKEN]: 'start of file',
  [UNK_TOKEN]: 'an unknown token',
};

function labelOf({ token, text }: Pick<Candidate, 'token' | 'text'>): string {
  return SPOKEN[token] ?? text ?? token;
}

export function TokenName({ candidate }: { readonly candidate: Pick<Candidate, 'token' | 'text'> }) {
  const words = SPOKEN[candidate.token];
  if (words === undefined) {
    return (
      <code>
        <UntrustedText dir="ltr" text={candidate.token} />
      </code>
    );
  }
  return (
    <>
      <code>{candidate.token}</code> <span className={styles.meaning}>{words}</span>
    </>
  );
}

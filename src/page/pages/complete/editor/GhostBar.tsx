/** Buttons and keys for the suggestion, and its text for screen readers. */
import { Button, Kbd, Text } from '@mantine/core';
import { IconArrowRight, IconCheck, IconChevronLeft, IconChevronRight, IconX } from '@tabler/icons-react';
import type { EditorView } from '@codemirror/view';
import { memo, useEffect, useState, type ReactNode } from 'react';
import { visibleText } from '#core/visibleText.ts';
import { cycle, useCompletion } from '../completion.ts';
import { acceptAll, acceptLine, acceptWord, dismiss } from './ghost.ts';
import { textOf } from './ghostText.ts';
import { offerInWords } from './offerInWords.ts';
import shared from '../../../ui/shared.module.css';
import styles from './GhostBar.module.css';

/** Milliseconds that typing has to rest before an offer is read aloud. */
const REST = 900;
const IS_APPLE = /Mac|iPhone|iPad/.test(navigator.userAgent);
const MOD = IS_APPLE ? '⌘' : 'Ctrl';

interface GhostBarProps {
  readonly view: EditorView | null;
  readonly keysId: string;
}

/** Drawn again where something comes to be offered, or no longer is: not for every key. */
export const GhostBar = memo(function GhostBar({ view, keysId }: GhostBarProps) {
  const isOffered = useCompletion(({ line }) => line !== null && line.pieces.length > 0);
  const act = (command: (view: EditorView) => boolean) => () => {
    if (!view) return;
    command(view);
    view.focus();
  };
  return (
    <div className={styles.bar}>
      <BarButton icon={<IconCheck size={14} aria-hidden />} keys="Tab" disabled={!isOffered} onPress={act(acceptAll)}>
        Accept all
      </BarButton>
      <BarButton
        icon={<IconArrowRight size={14} aria-hidden />}
        keys={`${MOD} →`}
        disabled={!isOffered}
        onPress={act(acceptWord)}
      >
        Word
      </BarButton>
      <BarButton
        icon={<IconArrowRight size={14} aria-hidden />}
        keys={`${MOD} ↵`}
        disabled={!isOffered}
        onPress={act(acceptLine)}
      >
        Line
      </BarButton>
      <BarButton icon={<IconChevronLeft size={14} aria-hidden />} keys="Alt [" onPress={() => cycle(-1)}>
        Previous
      </BarButton>
      <BarButton icon={<IconChevronRight size={14} aria-hidden />} keys="Alt ]" onPress={() => cycle(1)}>
        Next
      </BarButton>
      <BarButton icon={<IconX size={14} aria-hidden />} keys="Esc" disabled={!isOffered} onPress={act(dismiss)}>
        Dismiss
      </BarButton>
      <OfferStatus />
      <p className={shared.visuallyHidden} id={keysId}>
        While there is a suggestion, Tab accepts all of it, {MOD} and right arrow a word, {MOD} and Enter a line. Escape
        dismisses it, and Alt with a square bracket shows another. Otherwise Tab indents. Escape, then Tab leaves the
        editor.
      </p>
      <Spoken />
    </div>
  );
});

/** A model that offers nothing would look as if it were broken. */
function OfferStatus() {
  const said = useCompletion(({ line, candidates }) => (line ? offerInWords(line, candidates?.candidates[0]) : ''));
  return (
    <Text size="xs" c="dimmed" className={styles.status}>
      {said}
    </Text>
  );
}

interface BarButtonProps {
  readonly icon: ReactNode;
  readonly keys: string;
  readonly disabled?: boolean;
  readonly onPress: () => void;
  readonly children: string;
}

function BarButton({ icon, keys, disabled = false, onPress, children }: BarButtonProps) {
  return (
    <Button
      size="compact-xs"
      variant="default"
      leftSection={icon}
      rightSection={<Kbd size="xs">{keys}</Kbd>}
      disabled={disabled}
      aria-label={children}
      // the focus stays in the text
      onMouseDown={(event) => event.preventDefault()}
      onClick={onPress}
    >
      {children}
    </Button>
  );
}

function Spoken() {
  const offered = useCompletion(({ line }) => (line ? textOf(line.pieces) : ''));
  const at = useCompletion(({ lineAt }) => lineAt?.cursor);
  const tokens = useCompletion(({ line }) => line?.tokens.length);
  const [spoken, speak] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => speak(offered === '' ? '' : `Suggestion: ${visibleText(offered)}`), REST);
    return () => clearTimeout(timer);
  }, [offered]);
  return (
    <output className={shared.visuallyHidden} aria-label="Suggestion" data-at={at} data-tokens={tokens}>
      {spoken}
    </output>
  );
}

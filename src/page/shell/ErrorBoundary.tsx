/** A bug while drawing a page shows a sentence, not a blank screen; the other pages and the training continue. */
import { Button } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { failureOf, type Failure } from '#core/failure.ts';
import { FailureNote } from '../ui/FailureNote.tsx';

interface ErrorBoundaryProps {
  readonly children: ReactNode;
}

export class ErrorBoundary extends Component<ErrorBoundaryProps, { readonly failure: Failure | null }> {
  override state: { readonly failure: Failure | null } = { failure: null };

  static getDerivedStateFromError(error: unknown): { failure: Failure } {
    return { failure: failureOf(error) };
  }

  override render() {
    const { failure } = this.state;
    if (!failure) return this.props.children;
    return (
      <FailureNote
        failure={
          failure.kind === 'internal'
            ? { ...failure, remedy: 'Training continues. Reload this view or open another page.' }
            : failure
        }
      >
        <Button mt="sm" size="xs" variant="default" onClick={() => this.setState({ failure: null })}>
          Reload this view
        </Button>
      </FailureNote>
    );
  }
}

/** Resumes interrupted runs, and asks first if that would not be bit-identical. */
import { create } from 'zustand';
import type { ResumeRequest } from '#contract/lab.ts';
import { LabError, type Failure } from '#core/failure.ts';
import { attempt } from '../ui/failures.ts';
import { lab } from './session.ts';

export interface ResumeState {
  /** Waits for a yes or no. */
  readonly asked: { readonly request: ResumeRequest; readonly failure: Failure } | null;
  /** The run that is being made ready. */
  readonly preparing: string | null;
}

export const useResume = create<ResumeState>()(() => ({ asked: null, preparing: null }));

/** @param change another device, rate or number of threads than the run had, where one is wanted */
export async function resumeFromCheckpoint(
  runId: string,
  change: Partial<Omit<ResumeRequest, 'runId'>> = {},
): Promise<void> {
  const request = { runId, anyway: false, ...change };
  useResume.setState({ asked: null, preparing: runId });
  await attempt(async () => {
    try {
      await lab.resumeFromCheckpoint(request);
    } catch (error) {
      if (!(error instanceof LabError) || error.failure.kind !== 'other-bits') throw error;
      useResume.setState({ asked: { request, failure: error.failure } });
    }
  });
  useResume.setState({ preparing: null });
}

export function cancelResume(): void {
  useResume.setState({ asked: null });
}

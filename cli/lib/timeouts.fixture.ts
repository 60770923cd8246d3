/**
 * Milliseconds for a test that starts processes or threads, or reads much of the repository. Node with tsx takes two seconds to start on
 * an idle machine, and twenty on one that is busy, where Vitest's own limit of five seconds says nothing about the code.
 */
export const PROCESS_TIMEOUT = 240_000;

/**
 * Milliseconds for a test that starts processes or threads, or reads much of the repository. Node with tsx starts in two seconds on an idle
 * machine and in twenty on a busy one, where Vitest's default limit of five seconds would fail tests of correct code.
 */
export const PROCESS_TIMEOUT = 240_000;

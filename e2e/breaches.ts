/**
 * Violations of the page's policy (src/core/site/securityPolicy.ts), as the browser reports them to the page and to each of its workers. The
 * console shows violations by a page, but not by a worker. A worker's first line can violate the policy, so each worker is paused at its
 * start until a listener is attached.
 */
import type { BrowserContext, CDPSession, Page } from '@playwright/test';
import { z } from 'zod';

const TOLD = 'tellBreach';
const LISTEN = `addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, sourceFile }) =>
  ${TOLD}(effectiveDirective + ' forbids ' + blockedURI + ' in ' + sourceFile))`;

const messageSchema = z.object({
  method: z.literal('Runtime.bindingCalled'),
  params: z.object({ payload: z.string() }),
});

/** Collects violations from now on, in all pages of the context. */
export async function collectBreaches(context: BrowserContext): Promise<string[]> {
  const breaches: string[] = [];
  const tell = (breach: string) => void breaches.push(breach);
  await context.exposeFunction(TOLD, tell);
  await context.addInitScript(LISTEN);
  context.on('page', (page) => {
    // fails for a page that is closed at once, which has no workers
    listenToWorkers(page, tell).catch(() => undefined);
  });
  return breaches;
}

async function listenToWorkers(page: Page, tell: (breach: string) => void): Promise<void> {
  const session = await page.context().newCDPSession(page);
  session.on('Target.attachedToTarget', ({ sessionId }) => {
    for (const [method, params] of [
      ['Runtime.enable', {}],
      ['Runtime.addBinding', { name: TOLD }],
      ['Runtime.evaluate', { expression: LISTEN }],
      ['Runtime.runIfWaitingForDebugger', {}],
    ] as const) {
      send(session, sessionId, method, params);
    }
  });
  session.on('Target.receivedMessageFromTarget', ({ message }) => {
    const called = messageSchema.safeParse(JSON.parse(message));
    if (called.success) tell(called.data.params.payload);
  });
  await session.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: true, flatten: false });
}

let lastId = 0;

/** Errors are ignored, since the worker may have ended. */
function send(session: CDPSession, sessionId: string, method: string, params: object): void {
  const message = JSON.stringify({ id: ++lastId, method, params });
  session.send('Target.sendMessageToTarget', { sessionId, message }).catch(() => undefined);
}

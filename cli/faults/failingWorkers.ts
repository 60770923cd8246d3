/**
 * A program for a page or a worker that remembers the workers it starts, so that the last of a kind can be made to fail as if its process
 * had died. It is a string, since the TypeScript loader marks classes with a helper that a page does not have.
 * @param call name of the global function that makes the last worker fail
 * @param kind a JavaScript condition on the `options` that a worker is started with
 */
export function failingWorkers(call: string, kind: string): string {
  return `{
  const workers = [];
  const Plain = globalThis.Worker;
  globalThis.Worker = class extends Plain {
    constructor(address, options) {
      super(address, options);
      if (${kind}) workers.push(this);
    }
  };
  globalThis.${call} = () => workers.at(-1).dispatchEvent(new Event('error'));
}`;
}

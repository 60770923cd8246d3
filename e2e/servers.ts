/** Servers other than the lab's own. Each uses any free port. */
import { createServer, type RequestListener, type Server } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';

interface Running {
  /** With a slash at its end. */
  readonly address: string;
  close(): void;
}

export interface StaticHost extends Running {
  /** Serves this folder from now on. */
  serve(folder: string): void;
}

export interface RangeHost extends Running {
  /** The requested ranges, in order. */
  readonly ranges: readonly string[];
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json',
  '.wasm': 'application/wasm',
};

/**
 * Serves a folder like the simplest host: with no header except the type, and below a path.
 * @param path starts and ends with a slash
 */
export async function serveStatic(folder: string, path: string): Promise<StaticHost> {
  let served = folder;
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const inside = pathname.startsWith(path) ? normalize(decodeURIComponent(pathname.slice(path.length))) : '..';
    const name = inside === '.' ? 'index.html' : inside;
    (name.startsWith('..') ? Promise.reject(new Error('outside')) : readFile(join(served, name))).then(
      (body) =>
        response.writeHead(200, { 'Content-Type': TYPES[extname(name)] ?? 'application/octet-stream' }).end(body),
      () => response.writeHead(404).end(),
    );
  });
  const running = await listen(server, 'localhost');
  return {
    ...running,
    address: new URL(path, running.address).href,
    serve: (folder) => void (served = folder),
  };
}

/** Serves one file at every path, to pages of any origin and with ranges, like hosts of data sets. */
export async function serveRanges(file: Uint8Array): Promise<RangeHost> {
  const ranges: string[] = [];
  const answer: RequestListener = (request, response) => {
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.setHeader('Access-Control-Allow-Headers', 'range');
    response.setHeader('Accept-Ranges', 'bytes');
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
    if (request.method === 'GET' && range) {
      const [first, last] = [Number(range[1]), Math.min(Number(range[2]), file.length - 1)];
      ranges.push(range[0]);
      response.writeHead(206, { 'Content-Range': `bytes ${first}-${last}/${file.length}` });
      response.end(file.subarray(first, last + 1));
    } else {
      response.writeHead(200, { 'Content-Length': file.length });
      response.end(request.method === 'GET' ? file : undefined);
    }
  };
  return { ...(await listen(createServer(answer), '127.0.0.1')), ranges };
}

async function listen(server: Server, host: string): Promise<Running> {
  await new Promise<void>((resolve) => {
    server.listen(0, host, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    address: `http://${host}:${address.port}/`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { assemblyScript } from '#cli/build/assemblyScript.ts';
import { builtSite } from '#cli/build/builtSite.ts';
import { contentSecurityPolicy, withoutEval } from '#cli/build/contentSecurityPolicy.ts';
import { ISOLATION_HEADERS } from '#core/site/isolationHeaders.ts';
import { SECURITY_HEADERS } from '#core/site/securityPolicy.ts';

export default defineConfig({
  // With relative addresses, the built site works at any path of any static host.
  base: './',
  plugins: [react(), assemblyScript(), withoutEval(), contentSecurityPolicy(), builtSite()],
  worker: {
    format: 'es',
    plugins: () => [assemblyScript(), withoutEval()],
    rolldownOptions: {
      output: {
        // a service worker needs a stable address, and its scope is the folder that contains it
        entryFileNames: ({ name }) => (name === 'service-worker' ? '[name].js' : 'assets/[name]-[hash].js'),
      },
    },
  },
  build: { target: 'es2023', chunkSizeWarningLimit: 2_000 },
  server: { headers: ISOLATION_HEADERS },
  preview: { headers: { ...ISOLATION_HEADERS, ...SECURITY_HEADERS } },
});

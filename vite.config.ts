import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** With these a page is cross-origin isolated: shared memory, so WebAssembly threads, and exact clocks. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export default defineConfig({
  // Relative addresses: the built site works from any path on any static host.
  base: './',
  plugins: [react()],
  worker: { format: 'es' },
  build: { target: 'es2023', chunkSizeWarningLimit: 2_000 },
  server: { headers: isolation },
  preview: { headers: isolation },
});

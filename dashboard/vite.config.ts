import { defineConfig } from 'vite';

/** `npm run dev` in this folder serves the pages with a gateway at 127.0.0.1:6100 behind them. */
const gateway = { target: 'http://127.0.0.1:6100', headers: { origin: 'http://127.0.0.1:6100' } };

export default defineConfig({
  base: '/dashboard/',
  build: {
    // Data URLs are no part of the pages' Content-Security-Policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2023',
  },
  server: { proxy: { '^/(dashboard/api|v1|admin|health|jobs|quota|sessions|completions)': gateway } },
});

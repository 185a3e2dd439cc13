import { keepCompiled } from './config/compile-cache.js';

// Before anything large is loaded.
keepCompiled({ make: true });
const { serve } = await import('./serve.js');
await serve();

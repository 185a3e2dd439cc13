// Lets Node import the gateway's TypeScript as it is: `node --import ./pool-load-ts.mjs`.
import { transformSync } from '@swc/core';
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

registerHooks({
  resolve: (specifier, context, next) => next(/^\..*\.js$/.test(specifier) && context.parentURL?.includes('/src/') ? specifier.replace(/js$/, 'ts') : specifier, context),
  load: (url, context, next) => {
    if (!url.endsWith('.ts')) return next(url, context);
    const jsc = { target: 'es2023', parser: { syntax: 'typescript', decorators: true }, transform: { legacyDecorator: true, decoratorMetadata: true } };
    const { code } = transformSync(readFileSync(fileURLToPath(url), 'utf8'), { swcrc: false, jsc, module: { type: 'es6' } });
    return { format: 'module', source: code, shortCircuit: true };
  },
});

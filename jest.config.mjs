import { bundlePackages } from './test/support/bundle-packages.mjs';

const base = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1', ...(await bundlePackages()) },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        jsc: {
          target: 'es2024',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: true },
          keepClassNames: true,
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
};
// Nest is ESM, some of its satellites are CommonJS and require() it: loading Nest first keeps Jest out of that cycle.
const nest = { setupFiles: ['<rootDir>/test/support/load-nest-first.mjs'] };

const long = { ...base, ...nest, displayName: 'long', testMatch: ['<rootDir>/test/**/*.long-spec.ts'] };

export default {
  testTimeout: 20_000,
  // Two: the specs of the real CLIs mostly wait. The long ones measure, so each has the machine to itself.
  maxWorkers: process.env.TEST_LONG ? 1 : 2,
  // What a spec loaded stays in its worker's memory, and a start of a program takes the longer, the more memory who starts it has: 12 ms of CPU at 250 MB, 100 at 2 GB.
  workerIdleMemoryLimit: '600MB',
  reporters: ['default', '<rootDir>/test/support/closing-line-reporter.mjs'],
  projects: process.env.TEST_LONG
    ? [long]
    : [
        { ...base, displayName: 'unit', testMatch: ['<rootDir>/{src,dashboard/src}/**/*.spec.ts'] },
        { ...base, ...nest, displayName: 'nest', testMatch: ['<rootDir>/src/**/*.nest-spec.ts'] },
        { ...base, ...nest, displayName: 'e2e', testMatch: ['<rootDir>/test/**/*.e2e-spec.ts'] },
      ],
};

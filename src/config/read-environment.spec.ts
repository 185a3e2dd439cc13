import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readEnvironment } from './read-environment.js';

describe(readEnvironment.name, () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'env-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('prefers the environment to .env, and knows where a variable comes from', () => {
    writeFileSync(join(folder, '.env'), 'PATH=/nowhere\nOF_THE_FILE="a # b" # a comment\n');
    const { environment, originOf } = readEnvironment(folder);
    expect([environment['PATH'], environment['OF_THE_FILE']]).toEqual([process.env['PATH'], 'a # b']);
    expect(['PATH', 'OF_THE_FILE', 'OF_NOBODY'].map(originOf)).toEqual(['environment', '.env', undefined]);
  });

  it('does without a file', () => {
    expect(readEnvironment(folder).environment).toEqual(process.env);
  });
});

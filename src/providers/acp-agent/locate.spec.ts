import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { locate } from './locate.js';

describe('locate', () => {
  let root: string;

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'locate-'));
    mkdirSync(join(root, 'a', 'tool'), { recursive: true });
    mkdirSync(join(root, 'b'));
    for (const file of ['a/text', 'b/tool', 'b/text']) writeFileSync(join(root, file), '');
    chmodSync(join(root, 'b', 'tool'), 0o755);
  });

  afterAll(() => {
    rmSync(root, { recursive: true, force: true });
  });

  it('finds the first executable file of that name on PATH', () => {
    expect(locate('tool', `${root}/none:${root}/a:${root}/b`)).toBe(join(root, 'b', 'tool'));
  });

  it('finds none that may not be run, is missing, or lies in a relative folder', () => {
    expect(locate('text', `${root}/a:${root}/b`)).toBeUndefined();
    expect(locate('tool', `${root}/a`)).toBeUndefined();
    expect(locate('tool', undefined)).toBeUndefined();
    expect(locate('jest', 'node_modules/.bin')).toBeUndefined();
  });

  it('takes a path as it is', () => {
    expect(locate(join(root, 'b', 'tool'), '')).toBe(join(root, 'b', 'tool'));
    expect(locate(join(root, 'b', 'text'), '')).toBeUndefined();
  });
});

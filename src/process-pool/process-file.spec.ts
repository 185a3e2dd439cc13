import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claimFile, readFile, releaseFile } from './process-file.js';
import { processStart, realm } from './process-identity.js';

describe(claimFile.name, () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'claim-'));
    path = join(folder, 'one');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  const left = (record: object): void => {
    writeFileSync(path, JSON.stringify({ pid: process.pid, start: processStart(process.pid), realm: realm(), ...record }));
  };

  it('gives the file to the first, private and whole, and tells the second who has it', () => {
    expect(claimFile(path, { url: 'http://one' })).toBeUndefined();
    expect(claimFile(path, { url: 'http://two' })).toMatchObject({ pid: process.pid, url: 'http://one' });
    expect(readFile(path)).toMatchObject({ url: 'http://one' });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['one']);
    releaseFile(path);
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each<[string, object]>([
    ['a process that is gone', { pid: 2 ** 22 + 1 }],
    ['a pid that another process has now', { start: '1' }],
    ['another boot or container', { realm: '00000000' }],
    ['no process', { pid: -1 }],
  ])('takes over what was left by %s', (_, record) => {
    left(record);
    expect(readFile(path)).toBeUndefined();
    expect(claimFile(path, { url: 'http://two' })).toBeUndefined();
    expect(readFile(path)).toMatchObject({ url: 'http://two' });
    expect(readdirSync(folder)).toEqual(['one']);
  });

  it('takes over what cannot be read', () => {
    writeFileSync(path, '{"pid":');
    expect(claimFile(path, {})).toBeUndefined();
  });

  it('gives back only what is its own', () => {
    left({ pid: 1, start: processStart(1) });
    releaseFile(path);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ pid: 1 });
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findProgram } from './program.js';

describe(findProgram.name, () => {
  let folder: string;
  let bin: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'gemini-'));
    bin = join(folder, 'bin');
    mkdirSync(bin);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const write = (file: string, content: string | object, mode = 0o644): string => {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
    chmodSync(file, mode);
    return file;
  };
  const script = (file: string, mode = 0o755): string => write(join(folder, file), '#!/usr/bin/env no-such-node\n', mode);
  const thisNode = (file: string): object => ({ command: process.execPath, args: [file] });

  it('runs the script that the link on PATH leads to with this Node, and knows it by its package', () => {
    const file = script('npm/@google/gemini-cli/bundle/gemini.js');
    write(join(folder, 'npm/@google/gemini-cli/package.json'), { name: '@google/gemini-cli', version: '0.61.7' });
    symlinkSync(file, join(bin, 'gemini'));
    expect(findProgram('gemini', `/nowhere::${bin}`)).toEqual({ ...thisNode(file), version: '0.61.7' });
    expect(findProgram(join(bin, 'gemini'), undefined)).toEqual({ ...thisNode(file), version: '0.61.7' });
  });

  it.each([
    ['beside the script', 'beside/gemini.mjs', 'beside/package.json', { name: '@google/gemini-cli', version: '1.0.0' }, '1.0.0'],
    ["another one's", 'other/bin/gemini.js', 'other/package.json', { name: 'another', version: '1.0.0' }, undefined],
    ['no JSON', 'broken/bin/gemini.cjs', 'broken/package.json', '{', undefined],
    ['null', 'null/bin/gemini.cjs', 'null/package.json', 'null', undefined],
    ['without a version', 'versionless/bin/gemini.cjs', 'versionless/package.json', { name: '@google/gemini-cli', version: 5 }, undefined],
  ])('looks for the version in the package: %s', (_, file, manifest, content, version) => {
    write(join(folder, manifest), content);
    expect(findProgram(script(file), undefined)).toEqual({ ...thisNode(join(folder, file)), version });
  });

  it('takes a script that may not be run, where it is named by its path', () => {
    expect(findProgram(script('plain/gemini.js', 0o644), undefined)).toEqual({ ...thisNode(join(folder, 'plain/gemini.js')), version: undefined });
  });

  it('runs what is no script as it is', () => {
    write(join(bin, 'gemini-native'), '#!/bin/sh\n', 0o755);
    expect(findProgram('gemini-native', bin)).toEqual({ command: join(bin, 'gemini-native'), args: [], version: undefined });
  });

  it.each([
    ['no-such-gemini', '/usr/bin:/bin'],
    ['gemini', undefined],
    ['gemini', ''],
    ['/nowhere/gemini', '/usr/bin'],
    ['/nowhere/gemini.js', '/usr/bin'],
  ])('%s on %j is none', (name, path) => {
    expect(findProgram(name, path)).toBeUndefined();
  });

  it('does not take a folder, or a file that may not be run and is no script', () => {
    mkdirSync(join(bin, 'a-folder'));
    expect(findProgram('a-folder', bin)).toBeUndefined();
    expect(findProgram(write(join(folder, 'data'), 'x'), undefined)).toBeUndefined();
  });
});

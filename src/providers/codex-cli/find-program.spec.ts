import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findProgram } from './find-program.js';

const platform = `codex-${process.platform}-${process.arch}`;

describe(findProgram.name, () => {
  let root: string;
  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'find-program-')));
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  const file = (path: string, mode = 0o755): string => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), '', { mode });
    return join(root, path);
  };
  /** What npm makes: a link on PATH to a script within the package. */
  const installed = (): void => {
    file('lib/@openai/codex/bin/codex.js');
    mkdirSync(join(root, 'bin'));
    symlinkSync('../lib/@openai/codex/bin/codex.js', join(root, 'bin/codex'));
  };

  it.each([
    ['beside the package', `lib/@openai/${platform}/vendor/target/bin/codex`],
    ["among the package's own", `lib/@openai/codex/node_modules/@openai/${platform}/vendor/target/bin/codex`],
    ['within the package', 'lib/@openai/codex/vendor/target/bin/codex'],
  ])('finds the program itself %s', (_, path) => {
    installed();
    const program = file(path);
    expect(findProgram('codex', join(root, 'bin'))).toBe(program);
    expect(findProgram(join(root, 'bin/codex'), undefined)).toBe(program);
  });

  it('stays with the script where there is no program, or none that can be run', () => {
    installed();
    expect(findProgram('codex', join(root, 'bin'))).toBe(join(root, 'bin/codex'));
    file(`lib/@openai/${platform}/vendor/target/bin/codex`, 0o644);
    expect(findProgram('codex', join(root, 'bin'))).toBe(join(root, 'bin/codex'));
  });

  it('takes a program as it is', () => {
    const program = file('bin/codex');
    file(`${platform}/vendor/target/bin/codex`);
    expect(findProgram('codex', `/nowhere:${join(root, 'bin')}`)).toBe(program);
  });

  it('is undefined where there is none', () => {
    file('bin/codex', 0o644);
    expect([findProgram('codex', join(root, 'bin')), findProgram('codex', undefined), findProgram(join(root, 'codex'), '/usr/bin')]).toEqual([undefined, undefined, undefined]);
  });
});

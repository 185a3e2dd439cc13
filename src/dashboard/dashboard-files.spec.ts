import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { DashboardFiles } from './dashboard-files.js';

const script = 'console.log("hello");\n'.repeat(200);

describe(DashboardFiles.name, () => {
  let folder: string;
  let files: DashboardFiles;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pages-'));
    await writeFile(join(folder, 'secret.txt'), 'not to be seen');
    files = new DashboardFiles(join(folder, 'dist'));
    expect([await files.built(), await files.find('')]).toEqual([false, undefined]);
    // Built meanwhile: no restart is needed.
    await mkdir(join(folder, 'dist/assets'), { recursive: true });
    await writeFile(join(folder, 'dist/index.html'), '<!doctype html>');
    await writeFile(join(folder, 'dist/icon.svg'), '<svg/>');
    await writeFile(join(folder, 'dist/assets/index-AbC123.js'), script);
    await writeFile(join(folder, 'dist/assets/index-AbC123.woff2'), Buffer.alloc(4096));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each([
    ['', 'text/html; charset=utf-8', 'no-cache'],
    ['requests', 'text/html; charset=utf-8', 'no-cache'],
    ['requests/deep/er', 'text/html; charset=utf-8', 'no-cache'],
    ['icon.svg', 'image/svg+xml', 'no-cache'],
    ['assets/index-AbC123.js', 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
    ['assets/index-AbC123.woff2', 'font/woff2', 'public, max-age=31536000, immutable'],
  ])('gives "%s" as %s, %s', async (path, type, cacheControl) => {
    expect(await files.find(path)).toMatchObject({ type, cacheControl });
  });

  it('has no asset of another version', async () => {
    expect(await files.find('assets/index-Older1.js')).toBeUndefined();
  });

  it.each(['../secret.txt', '%2e%2e/secret.txt', '..%2fsecret.txt', 'assets/../../secret.txt', '/etc/passwd', 'icon.svg\0.html', '__proto__', 'constructor'])(
    'has nothing but its own files, whatever is asked: %j',
    async (path) => {
      const file = await files.find(path);
      expect(file?.body.toString() ?? '').not.toContain('secret');
      if (file) expect(file.type).toBe('text/html; charset=utf-8');
    },
  );

  it('compresses what is worth it, once', async () => {
    const file = await files.find('assets/index-AbC123.js');
    const compressed = await file?.compressed();
    expect(brotliDecompressSync(compressed ?? Buffer.alloc(0)).toString()).toBe(script);
    expect(await file?.compressed()).toBe(compressed);
    for (const path of ['', 'assets/index-AbC123.woff2']) expect((await files.find(path))?.compressed()).toBeUndefined();
  });
});

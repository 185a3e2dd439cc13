import { Injectable } from '@nestjs/common';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';
import { packageFolder } from '../config/own-file.js';

const compress = promisify(brotliCompress);

/** Where `npm run build` puts the pages. */
const BUILT = join(packageFolder, 'dashboard/dist');
/** Below it bytes are not worth the work. */
const WORTH_COMPRESSING = 1024;
const IMMUTABLE = 'public, max-age=31536000, immutable';
const TEXT = '; charset=utf-8';

const types: Readonly<Record<string, string>> = {
  '.html': `text/html${TEXT}`,
  '.js': `text/javascript${TEXT}`,
  '.css': `text/css${TEXT}`,
  '.json': `application/json${TEXT}`,
  '.txt': `text/plain${TEXT}`,
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
};
const compressible = /^text\/|json|svg/;

/** A file of the pages. */
export interface DashboardFile {
  readonly type: string;
  readonly cacheControl: string;
  readonly body: Buffer;
  /** By Brotli; undefined where it is not worth it. Made when it is first asked for. */
  compressed(): Promise<Buffer> | undefined;
}

/** The files of the pages, read once and kept: what is not among them cannot be asked for, whatever its path looks like. */
@Injectable()
export class DashboardFiles {
  #files: Promise<ReadonlyMap<string, DashboardFile>> | undefined;

  constructor(private readonly folder: string = BUILT) {}

  /**
   * The file of a path; the page itself for any that is no file, as its own routes are.
   *
   * @param path below `/dashboard/`, as it was sent
   * @returns undefined where there is nothing: an asset that is of another version, or the pages are not built
   */
  async find(path: string): Promise<DashboardFile | undefined> {
    const files = await this.#read();
    return files.get(path) ?? (path.startsWith('assets/') ? undefined : files.get('index.html'));
  }

  async built(): Promise<boolean> {
    return (await this.#read()).has('index.html');
  }

  /** Not built: looked for again, so that no restart is needed. */
  async #read(): Promise<ReadonlyMap<string, DashboardFile>> {
    this.#files ??= readAll(this.folder);
    const files = await this.#files;
    if (files.size === 0) this.#files = undefined;
    return files;
  }
}

async function readAll(folder: string): Promise<ReadonlyMap<string, DashboardFile>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const files = paths.map(async (file) => {
    const path = relative(folder, file).split(sep).join('/');
    return [path, fileOf(path, await readFile(file))] as const;
  });
  return new Map(await Promise.all(files));
}

function fileOf(path: string, body: Buffer): DashboardFile {
  const type = types[extname(path)] ?? 'application/octet-stream';
  const worth = body.length >= WORTH_COMPRESSING && compressible.test(type);
  let compressed: Promise<Buffer> | undefined;
  return {
    type,
    body,
    cacheControl: path.startsWith('assets/') ? IMMUTABLE : 'no-cache',
    compressed: () => (worth ? (compressed ??= compress(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } })) : undefined),
  };
}

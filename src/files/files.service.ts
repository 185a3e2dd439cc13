import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { type Kysely } from 'kysely';
import { randomUUID } from 'node:crypto';
import { cleanFileName } from './file-name.js';
import { FileStore, type NewFile } from './file-store.js';
import { type FilesPage, type StoredFile } from './stored-file.js';
import { gathered, textChunks } from './text-chunks.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { LOG, type Log } from '../observability/log.js';
import { type Database } from '../storage/database.js';
import { DatabaseAwayError } from '../storage/database-away.js';
import { OwnerQuota } from '../storage/owner-quota.js';
import { StorageSettings } from '../storage/storage-settings.js';
import { Storage } from '../storage/storage.js';

const FILES_PER_OWNER = 10_000;
const CLEAN_UP_MS = 60_000;
/** So long a file may take to come; then what there is of it is given up. */
const INCOMING_MS = 3_600_000;

/** A file that has come, and is none before it is kept. */
export interface IncomingFile {
  /** @param ttlMs how long it is to be kept, within the retention */
  keep(ttlMs?: number): Promise<StoredFile>;
  /** Leaves nothing of it. Never rejects. */
  discard(): Promise<void>;
}

/** A file of the gateway's own making that is not there for its owner yet. */
export interface FileDraft {
  readonly id: string;
  readonly bytes: number;
}

/** Files of text. Each belongs to a client, whose files together have a bound in bytes: what is over it is refused, and nothing is deleted for it. */
@Injectable()
export class FilesService implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #store: FileStore;
  readonly #quota: OwnerQuota;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    storage: Storage,
    private readonly limits: StorageSettings,
    @Inject(LOG) private readonly log: Log,
  ) {
    this.#store = new FileStore(storage, () => Date.now());
    this.#quota = new OwnerQuota(storage, 'files', limits.clientStoreBytes);
  }

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => void this.cleanUp(), CLEAN_UP_MS).unref();
    void this.cleanUp();
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  /**
   * Takes a file in, in pieces as they come.
   *
   * @param filename as the client sent it
   * @throws GatewayError `invalid_parameter` for what is no text in UTF-8, `payload_too_large` where the owner's store has no room; what the source throws. Nothing is left then
   */
  async receive(owner: string, filename: string | undefined, contents: AsyncIterable<Uint8Array>): Promise<IncomingFile> {
    const room = await this.#room(owner);
    const id = newFileId();
    await this.#store.begin({ id, owner, purpose: 'batch', filename: cleanFileName(filename), expiresAt: Date.now() + INCOMING_MS });
    const discard = (): Promise<void> => this.discard({ id });
    try {
      const bytes = await this.#append(id, textChunks(contents), room);
      if (bytes === 0) throw new GatewayError('invalid_parameter', 'The file is empty.', { param: 'file' });
      return { keep: (ttlMs) => this.#keep(id, owner, bytes, ttlMs), discard };
    } catch (error) {
      await discard();
      throw error;
    }
  }

  /** Writes a file, which is none before it is published. Undefined: there is nothing in it. */
  async draft(file: Pick<NewFile, 'owner' | 'filename' | 'purpose'>, texts: AsyncIterable<string>): Promise<FileDraft | undefined> {
    const id = newFileId();
    await this.#store.begin({ ...file, id, expiresAt: Date.now() + INCOMING_MS });
    const bytes = await this.#append(id, gathered(texts), Infinity);
    if (bytes > 0) return { id, bytes };
    await this.discard({ id });
    return undefined;
  }

  /**
   * @param ttlMs how long it is to be kept, within the retention
   * @param db the transaction that it is a part of
   */
  async publish({ id, bytes }: FileDraft, ttlMs: number | undefined, db: Kysely<Database>): Promise<void> {
    if (!(await this.#store.complete(id, { bytes, ttlMs: this.#ttl(ttlMs) }, db))) throw new Error('the file took too long to be written, and was given up');
  }

  /** Leaves nothing of a draft. Never rejects. */
  discard({ id }: Pick<FileDraft, 'id'>): Promise<void> {
    return this.#quietly(() => this.#store.removeAll([id]));
  }

  /** Keeps a file where it is until then, whatever its owner does with it, for whoever reads it. Milliseconds since 1970. @throws GatewayError `not_found` */
  async hold(id: string, owner: string, until: number): Promise<void> {
    if (!(await this.#store.hold(id, owner, until))) notFound(id);
  }

  /** Until when it is held from now on; 0: not at all. */
  holdOnly(id: string, until: number): Promise<void> {
    return this.#store.holdOnly(id, until);
  }

  /** Bytes that an owner may keep over what there is of its own; negative where that is too much already. */
  left(owner: string): Promise<number> {
    return this.#quota.left(owner);
  }

  /** @throws GatewayError `not_found` for one that is unknown, deleted, over its time or another client's */
  async find(id: string, owner: string): Promise<StoredFile> {
    return (await this.#store.find(id, owner)) ?? notFound(id);
  }

  /** The text of a file, in pieces. */
  async *text(id: string): AsyncGenerator<string, void, undefined> {
    for await (const { text } of this.#store.chunks(id)) yield text;
  }

  /** @throws GatewayError `invalid_parameter` where there is no file to begin behind */
  async list(owner: string, page: FilesPage): Promise<StoredFile[]> {
    const files = await this.#store.list(owner, page);
    if (!files) throw new GatewayError('invalid_parameter', `There is no file '${page.after?.slice(0, 80) ?? ''}'.`, { param: 'after' });
    return files;
  }

  /** @throws GatewayError `not_found` */
  async remove(id: string, owner: string): Promise<void> {
    if (!(await this.#store.remove(id, owner))) notFound(id);
  }

  /** Deletes what is over its time. Never rejects. */
  cleanUp(): Promise<void> {
    return this.#quietly(() => this.#store.removeEnded());
  }

  /** Bytes. @throws GatewayError where there is none */
  async #room(owner: string): Promise<number> {
    if ((await this.#store.count(owner)) >= FILES_PER_OWNER) {
      throw new GatewayError('payload_too_large', `This key has ${FILES_PER_OWNER} files, which is as many as are kept. Delete some.`, { param: 'file' });
    }
    return this.#quota.left(owner);
  }

  /** @returns how long it is. @throws GatewayError where that is more than there is room for */
  async #append(id: string, chunks: AsyncIterable<string>, room: number): Promise<number> {
    let bytes = 0;
    let sequence = 0;
    for await (const text of chunks) {
      const length = Buffer.byteLength(text);
      bytes += length;
      if (bytes > room) throw this.#noRoom();
      await this.#store.append(id, { sequence: sequence++, text }, length);
    }
    return bytes;
  }

  async #keep(id: string, owner: string, bytes: number, ttlMs?: number): Promise<StoredFile> {
    const file = await this.#store.complete(id, { bytes, ttlMs: this.#ttl(ttlMs) });
    if (!file) throw new Error('the file took too long to come, and was given up');
    // Others may have come at the same time: of those that have no room together, none is kept.
    if ((await this.#quota.left(owner)) >= 0) return file;
    await this.#store.removeAll([id]);
    throw this.#noRoom();
  }

  /** Within the retention. */
  #ttl(ttlMs = Infinity): number {
    return Math.min(ttlMs, this.limits.retentionMs);
  }

  #noRoom(): GatewayError {
    return new GatewayError('payload_too_large', `The files of this key would be longer than ${this.limits.clientStoreMb} MB together. Delete some that are not needed any more.`, {
      param: 'file',
      shouldRetry: false,
    });
  }

  async #quietly(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof DatabaseAwayError)) this.log.warn({ err: error }, 'files could not be looked after');
    }
  }
}

function newFileId(): string {
  return `file-${randomUUID().replaceAll('-', '')}`;
}

function notFound(id: string): never {
  throw new GatewayError('not_found', `No such File object: ${id.slice(0, 80)}`, { param: 'id' });
}

import { type FilePurpose, type StoredFile } from '../../files/stored-file.js';

/** A file as the API shows it. Times are seconds since 1970. */
export interface FileObject {
  readonly id: string;
  readonly object: 'file';
  readonly bytes: number;
  readonly created_at: number;
  readonly expires_at: number;
  readonly filename: string;
  readonly purpose: FilePurpose;
  /** OpenAI's, for its clients that wait for it: what can be asked for is there. */
  readonly status: 'processed';
  readonly status_details: null;
}

export function encodeFile({ id, bytes, createdAt, expiresAt, filename, purpose }: StoredFile): FileObject {
  return { id, object: 'file', bytes, created_at: seconds(createdAt), expires_at: seconds(expiresAt), filename, purpose, status: 'processed', status_details: null };
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}

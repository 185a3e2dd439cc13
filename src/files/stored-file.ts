/** A file as it is kept, without its text. Times are milliseconds since 1970. */
export interface StoredFile {
  readonly id: string;
  readonly purpose: FilePurpose;
  readonly filename: string;
  readonly bytes: number;
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** `batch`: the requests of a batch. `batch_output`: what became of them. */
export const purposes = ['batch', 'batch_output'] as const;
export type FilePurpose = (typeof purposes)[number];

/** What part of an owner's files is asked for. */
export interface FilesPage {
  readonly purpose: string | undefined;
  readonly limit: number;
  readonly order: 'asc' | 'desc';
  /** The id of the file behind which it begins. */
  readonly after: string | undefined;
}

/** Whether a text can be a file's id: a database may choke on others. */
export function isFileId(id: string): boolean {
  return /^file-\w{1,100}$/.test(id);
}

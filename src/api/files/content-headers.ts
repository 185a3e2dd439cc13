import { type StoredFile } from '../../files/stored-file.js';

/** The headers of a file's content: always to be saved, never shown. Names that ASCII has not are in the second form (RFC 6266). */
export function contentHeaders({ filename, bytes }: StoredFile): Readonly<Record<string, string | number>> {
  const ascii = filename.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const whole = encodeURIComponent(filename).replace(/['()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
  return {
    'content-type': 'application/jsonl; charset=utf-8',
    'content-length': bytes,
    'content-disposition': `attachment; filename="${ascii}"${ascii === filename ? '' : `; filename*=UTF-8''${whole}`}`,
  };
}

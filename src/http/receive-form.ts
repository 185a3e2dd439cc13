import { Busboy, type BusboyHeaders, type BusboyInstance } from '@fastify/busboy';
import { type IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { tooLong } from './form-body.js';
import { type GatewayRequest } from './gateway-request.js';
import { GatewayError } from '../kernel/gateway-error.js';

/** Far more than any client sends beside its file. */
const limits = { files: 1, fields: 16, parts: 20, fieldSize: 4096, headerPairs: 20, headerSize: 8192 };

/** The file of a form, while it comes. */
export interface FormFile {
  /** As the client sent it. */
  readonly filename: string | undefined;
  readonly contents: AsyncIterable<Buffer>;
}

/** What a form's file became. */
interface Taken {
  discard(): Promise<void>;
}

/**
 * Reads a form, whose parts may come in any order: one file, in the field `file`, and short texts. The file is taken as it comes: it waits for whoever takes it.
 *
 * @param take is over before this is, however either ends; what it took is discarded where the rest of the form is not as it should be
 * @returns what the file became, and the texts, by their fields
 * @throws GatewayError `unsupported_media_type`, `invalid_parameter`, `payload_too_large`; what `take` throws
 */
export async function receiveForm<T extends Taken>(
  { body, headers, raw, routeOptions, bodyRead }: GatewayRequest,
  take: (file: FormFile) => Promise<T>,
): Promise<{ readonly file: T; readonly fields: ReadonlyMap<string, string> }> {
  if (!(body instanceof Readable)) throw new GatewayError('unsupported_media_type', 'Send the file as multipart/form-data.', { param: 'Content-Type' });
  const parser = openParser(headers);
  const { promise: parsed, resolve, reject } = Promise.withResolvers<undefined>();
  const fields = new Map<string, string>();
  let contents: Readable | undefined;
  let taken: Promise<T> | undefined;
  let length = 0;
  let failed = false;
  const fail = (error: unknown): void => {
    failed = true;
    raw.unpipe(parser);
    reject(error);
    // Whoever takes it hears of the end by it.
    contents?.destroy(error as Error);
  };
  parser
    .on('field', (name: string | undefined, value, _nameTruncated, truncated) => {
      const field = name?.slice(0, 64) ?? '';
      if (truncated) fail(invalid(`"${field}" is too long.`, field));
      else if (fields.has(field)) fail(invalid(`"${field}" is there twice.`, field));
      else fields.set(field, value);
    })
    .on('file', (name: string | undefined, stream, filename: string | undefined) => {
      stream.on('error', () => undefined);
      // The same piece of the body may hold what failed and the beginning of a file, whose end does not come any more.
      if (failed) return;
      if (name !== 'file') {
        stream.resume();
        fail(invalid('The file must be in the field "file".', 'file'));
        return;
      }
      contents = stream;
      taken = take({ filename: filename && nameIn(filename), contents });
      taken.catch(fail);
    })
    .on('filesLimit', () => {
      fail(invalid('There is more than one file.', 'file'));
    })
    .on('fieldsLimit', () => {
      fail(invalid('There are too many fields.'));
    })
    .on('partsLimit', () => {
      fail(invalid('There are too many parts.'));
    })
    .on('error', (cause) => {
      fail(new GatewayError('invalid_parameter', 'The request body is no valid multipart/form-data.', { cause }));
    })
    .on('finish', () => {
      resolve(undefined);
    });
  raw
    .on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > routeOptions.bodyLimit) fail(tooLong());
    })
    .once('close', () => {
      if (!raw.complete) fail(new GatewayError('invalid_parameter', 'The client left before its file was there.'));
    });
  raw.pipe(parser);
  try {
    await parsed;
    if (!taken) throw invalid('A file is required.', 'file');
    return { file: await taken, fields };
  } catch (error) {
    const left = await taken?.catch(() => undefined);
    await left?.discard();
    throw error;
  } finally {
    bodyRead?.(length);
  }
}

function openParser(headers: IncomingHttpHeaders): BusboyInstance {
  try {
    return new Busboy({ headers: headers as BusboyHeaders, limits, preservePath: true });
  } catch (cause) {
    throw new GatewayError('invalid_parameter', 'The Content-Type of the form names no boundary.', { param: 'Content-Type', cause });
  }
}

/** What https://html.spec.whatwg.org/#multipart-form-data has clients write in the place of what would end the name. */
function nameIn(filename: string): string {
  return filename.replaceAll('%22', '"').replaceAll('%0D', '\r').replaceAll('%0A', '\n');
}

function invalid(message: string, param?: string): GatewayError {
  return new GatewayError('invalid_parameter', message, param === undefined ? {} : { param });
}

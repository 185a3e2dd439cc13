import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { mkdtempSync, rmSync } from 'node:fs';
import { type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readHandedOn, HANDED_ON } from './handed-on.js';
import { type HandedOnRequest } from '../http/failed-before.js';

/**
 * Lets the gateway listen for its workers, and for nobody else: on a Unix socket in a folder of its own that no other user may enter.
 *
 * @returns the socket's path
 */
export async function openBackDoor(app: NestFastifyApplication): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'shellm-'));
  process.on('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
  const server = app.getHttpServer();
  // Slow clients are the workers' affair; and a connection that is closed while it is taken for the next request would cost that one.
  server.headersTimeout = server.requestTimeout = server.keepAliveTimeout = 0;
  server.prependListener('request', adopt);
  const path = join(folder, 'owner.sock');
  await app.getHttpAdapter().getInstance().listen({ path });
  return path;
}

/** From here on it is a request as its client sent it, over the client's own connection. */
function adopt(request: IncomingMessage): void {
  const { rawHeaders, headers, socket } = request;
  const at = rawHeaders.indexOf(HANDED_ON);
  const { address, httpVersion, failure } = readHandedOn(rawHeaders[at + 1]);
  rawHeaders.splice(at, 2);
  // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- a constant
  delete headers[HANDED_ON];
  request.httpVersion = httpVersion;
  // A connection between us carries one request at a time.
  Object.defineProperty(socket, 'remoteAddress', { value: address, configurable: true });
  if (failure) (request as HandedOnRequest).failedBefore = failure;
}

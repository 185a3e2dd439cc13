import { ServerResponse } from 'node:http';
import { type GatewayReply } from './gateway-request.js';
import { writeHead } from './write-head.js';
import { type BodyAnswer } from '../kernel/answer.js';
import { TurnEnd } from '../kernel/turn-end.js';

interface Written {
  readonly raw: ServerResponse;
  readonly body: Buffer;
  readonly stallMs: number;
}

const leaving = new TurnEnd<Written>(send);

/** Writes a whole body with its length; a JSON body is never a stream. */
export function writeBody(reply: GatewayReply, { status, headers }: Pick<BodyAnswer, 'status' | 'headers'>, body: Buffer, stallMs: number): void {
  const { raw } = reply;
  if (raw.destroyed) return;
  writeHead(reply, status, headers, body.length);
  const written = { raw, body, stallMs };
  if (raw instanceof ServerResponse) leaving.add(written);
  // What stands in its place records the answer, and is asked for it at once.
  else send(written);
}

function send({ raw, body, stallMs }: Written): void {
  // Head and body leave in one string and one system call; above the size that libuv writes from its stack, bytes are the better way.
  if (body.length < 16_384) raw.end(body.toString('latin1'), 'latin1');
  else raw.end(body);
  // A client that takes nothing is dropped: its answer would keep memory. The socket counts every byte as progress.
  if (raw.writableLength > 0) raw.setTimeout(stallMs, () => raw.destroy());
}

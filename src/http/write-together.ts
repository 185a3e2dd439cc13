import { type ServerResponse } from 'node:http';
import { type Socket } from 'node:net';
import { TurnEnd } from '../kernel/turn-end.js';

const corked = new TurnEnd<Socket>((socket) => {
  socket.uncork();
});

/** What is written to a client from here to the end of the event loop's turn leaves then, in one system call, next to what leaves for others. The end of a response does not wait for it. */
export function writeTogether({ socket }: Pick<ServerResponse, 'socket'>): void {
  if (!socket || socket.writableCorked > 0) return;
  socket.cork();
  corked.add(socket);
}

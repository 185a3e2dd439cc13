import { type Server } from 'node:http';
import { type ServerSettings } from '../config/server-settings.js';

/** Connections that may wait to be taken: beyond it the system drops one, whose client tries again a second later. Node's 511 are few where hundreds of streams begin at once. */
export const BACKLOG = 4096;

/** Slow clients: a head, a body and a silent connection each have their time (contract, section 11). */
export function limitTimes(server: Server, { headersTimeoutMs, receiveTimeoutMs, keepAliveMs }: ServerSettings): void {
  server.headersTimeout = headersTimeoutMs;
  server.requestTimeout = Math.max(receiveTimeoutMs, headersTimeoutMs);
  server.keepAliveTimeout = keepAliveMs;
}

import cluster from 'node:cluster';
import { randomUUID } from 'node:crypto';

/** Names this gateway to itself: a request that comes back with it has gone round in a circle. A worker is told its owner's. */
export const instanceId = (cluster.isWorker ? process.argv[2] : undefined) ?? randomUUID();

/** The header that carries it to API vendors. */
export const INSTANCE_HEADER = 'x-shellm-instance';

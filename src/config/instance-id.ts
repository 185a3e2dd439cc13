import { randomUUID } from 'node:crypto';

/** Names this process to itself: a request that comes back with it has gone round in a circle. */
export const instanceId = randomUUID();

/** The header that carries it to API vendors. */
export const INSTANCE_HEADER = 'x-shellm-instance';

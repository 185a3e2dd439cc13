import { useEffect, useState } from 'preact/hooks';
import { type Live } from '../api/live.ts';
import { open } from '../api/request.ts';
import { readFrames } from '../playground/read-frames.ts';
import { pauseBefore } from './pause-before.ts';

export type Connection = 'connecting' | 'connected' | 'lost' | 'paused';

/** What runs, told by the gateway as it changes, for as long as somebody looks; a connection that broke is opened anew. */
export function useLive(onMoment: (live: Live) => void): Connection {
  const [connection, setConnection] = useState<Connection>('connecting');

  useEffect(() => {
    let aborter: AbortController | undefined;
    const follow = () => {
      aborter?.abort();
      if (document.hidden) setConnection('paused');
      else {
        aborter = new AbortController();
        void stayConnected(aborter.signal, setConnection, onMoment);
      }
    };
    follow();
    document.addEventListener('visibilitychange', follow);
    return () => {
      aborter?.abort();
      document.removeEventListener('visibilitychange', follow);
    };
  }, []);

  return connection;
}

async function stayConnected(signal: AbortSignal, setConnection: (connection: Connection) => void, onMoment: (live: Live) => void): Promise<void> {
  const over = () => signal.aborted;
  for (let failures = 0; !over(); failures += 1) {
    if (failures > 0) await pause(pauseBefore(failures, Math.random()), signal);
    if (over()) return;
    try {
      const { body } = await open('/dashboard/api/live', { signal });
      if (!body) continue;
      for await (const frame of readFrames(body)) {
        if (over()) return;
        failures = 0;
        setConnection('connected');
        onMoment(JSON.parse(frame) as Live);
      }
    } catch {
      // Gone, or never there: again, after a pause.
    }
    if (!over()) setConnection('lost');
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener('abort', end);
  });
}
